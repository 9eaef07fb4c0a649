import { type Told } from "./sketch.ts";

/** A card: a name, and below it what is known of it. */
const cardOfRows = (name: string, rows: readonly (readonly [label: string, content: string | readonly Node[]])[]): Node[] => {
  const title = document.createElement("h2");
  title.textContent = name;
  const list = document.createElement("dl");
  for (const [label, content] of rows) {
    if (content.length === 0) continue;
    const [term, said] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = label;
    said.append(...content);
    list.append(term, said);
  }
  return [title, list];
};

/** The card of a step that no drawing shows. */
export const cardOf = (told: Told): Node[] => {
  const [name = "", formula = "", shape = "", , value = "", gradient = ""] = told || [];
  return cardOfRows(name, Object.entries({ formula, shape: shape === "" ? "scalar" : shape, value, gradient }));
};

/** The card of a box, from its steps: that forward, and that backward if there is one; empty where there is none. */
export const cardFrom = (steps: readonly HTMLElement[]): Node[] => {
  const [forward, backward] = ["forward", "backward"].map((way) => steps.find(({ dataset }) => dataset["direction"] === way));
  if (forward === undefined) return [];
  const heading = forward.querySelector("h2");
  const formula = (heading?.lastChild?.textContent ?? "").replace(/^ = | \((.*)\)$/, "$1");
  const shape = forward.querySelector("p.hint")?.textContent?.replace(/^a |^shape /, "") ?? "";
  /** The result of a step, without its label. */
  const numbers = (step: HTMLElement | undefined): Node[] =>
    [...(step?.querySelector(".result")?.children ?? [])].slice(0, -1).map((each) => each.cloneNode(true));
  const symbol = backward?.querySelector("h2")?.textContent ?? "";
  return cardOfRows(heading?.firstChild?.textContent ?? "", [["formula", formula], ["shape", shape], ["value", numbers(forward)], [symbol, numbers(backward)]]); // prettier-ignore
};
