import { nearest } from "@nabla/autodiff/argument";
import { DiagramError } from "./diagram-error.ts";
import { type Step, type Steps, keysOf } from "./steps.ts";
import { type Words } from "./wording.ts";

/** More names than these would hide the sentence that they belong to. */
const mostListed = 24;

/**
 * Throws DiagramError when something is said of a name that no step has, since it would change nothing, or of a name that several boxes
 * share, since it could mean any of them.
 */
export function checkWords(caller: string, steps: Steps, boxes: readonly Step[], words: Words): void {
  const key = keysOf(steps);
  const known = new Set(steps.nodes.map(key));
  const shared = sharedNames(steps, boxes);
  const { names, roles, operations, symbols, equations, labels = {} } = words;
  const check = (field: string, said: string, called: string): void => {
    if (shared.has(called))
      throw new DiagramError(
        `${caller}: ${field} says something of ${said}, but ${shared.get(called) ?? 0} boxes are called ${called}; give each a name of its own`,
      );
    if (known.has(called)) return;
    const named = [...new Set(steps.nodes.flatMap((node) => node.name ?? []))];
    const meant = nearest(called, known);
    const numbered = /^v(\d+)$/.exec(called)?.[1];
    const own = numbered === undefined ? undefined : steps.nodes[Number(numbered)]?.name;
    const hint = own !== undefined ? `${called} is called ${own}` : meant === undefined ? listed(named) : `did you mean ${meant}? ${listed(named)}`;
    throw new DiagramError(`${caller}: ${field} says something of ${said}, but no value is called ${JSON.stringify(called)}; ${hint}`);
  };
  for (const [field, dictionary] of Object.entries({ names, roles, operations, symbols, equations }))
    for (const called of Object.keys(dictionary ?? {})) check(field, JSON.stringify(called), called);
  for (const arrow of Object.keys(labels)) {
    const parts = arrow.split("→");
    // A name may have an arrow in it.
    const splits = parts.slice(1).map((_, at) => [parts.slice(0, at + 1).join("→"), parts.slice(at + 1).join("→")] as const);
    const ends = splits.find(([use, operand]) => known.has(use) && known.has(operand)) ?? splits[0];
    if (ends === undefined)
      throw new DiagramError(`${caller}: labels has ${JSON.stringify(arrow)}, want the use and its operand with an arrow between, such as "z→W"`);
    for (const called of ends) check("labels", JSON.stringify(arrow), called);
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "no value has a name, so write a number such as v3";
  return `the names are ${names.slice(0, mostListed).join(", ")}${names.length > mostListed ? ` and ${names.length - mostListed} more` : ""}`;
}

/** Names that several boxes have, and how many. */
export function sharedNames(steps: Pick<Steps, "nodes" | "output">, boxes: readonly Step[]): ReadonlyMap<string, number> {
  const key = keysOf(steps);
  const counts = new Map<string, number>();
  for (const box of boxes) counts.set(key(box), (counts.get(key(box)) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count > 1));
}

/** Said under the title where boxes share names. */
export function sharedNote(shared: ReadonlyMap<string, number>): string[] {
  if (shared.size === 0) return [];
  const told = [...shared].slice(0, 4).map(([name, count]) => `${count} boxes are called ${name}`);
  return [`${told.join(", ")}${shared.size > 4 ? `, and so on for ${shared.size - 4} more names` : ""}`];
}
