import { type Place, type Role } from "./diagram.ts";
import { type Link } from "./fold.ts";
import { type Step } from "./steps.ts";

/**
 * Where each box stands. Parameters and constants stand beside the first box that uses them, so that the data run along one line: weights
 * and constants above, biases below. Where there are no data, a parameter that is the only operand begins the line.
 */
export function placesOf(boxes: readonly Step[], links: readonly Link[], roles: ReadonlyMap<number, Role>, idOf: (node: Step) => string): Map<number, Place> {
  const data = [...roles.values()].includes("input");
  const operands = new Map<number, number>();
  for (const { to } of links) operands.set(to.index, (operands.get(to.index) ?? 0) + 1);
  const users = new Map<number, Step>();
  for (const { from, to } of links) if (!users.has(from.index)) users.set(from.index, to);
  const place = (node: Step): Place => {
    const role = roles.get(node.index);
    const user = users.get(node.index);
    if (user === undefined || operands.has(node.index) || (!data && operands.get(user.index) === 1) || (role !== "parameter" && role !== "constant"))
      return { side: "line" };
    return { side: role === "parameter" && node.shape.length <= 1 ? "below" : "above", of: idOf(user) };
  };
  return new Map(boxes.map((node) => [node.index, place(node)]));
}

/** The links of the longest chain that ends in the output: what is drawn as one straight line. Links come in the order of their uses. */
export function spineOf(links: readonly Link[], output: number): Set<Link> {
  const longest = new Map<number, { readonly length: number; readonly last: Link }>();
  for (const link of links) {
    const length = (longest.get(link.from.index)?.length ?? 0) + 1;
    if (length > (longest.get(link.to.index)?.length ?? 0)) longest.set(link.to.index, { length, last: link });
  }
  const spine = new Set<Link>();
  for (let at = longest.get(output); at !== undefined; at = longest.get(at.last.from.index)) spine.add(at.last);
  return spine;
}
