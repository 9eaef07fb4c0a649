import { type Diagram, type DiagramEdge, type DiagramNode } from "./diagram.ts";
import { type Column, type Connection, type NetworkDiagram, type Neuron } from "./network-diagram.ts";
import { type Fields, type Reader, flag, list, maybe, object, oneOf, record, text } from "./schema.ts";
import { type WrittenPath } from "./weight-paths.ts";

/** Every role. */
export const role: Reader = oneOf("input", "parameter", "operation", "prediction", "cost", "constant", "gradient");

const texts = list(text);

/** The fields of both kinds of picture, by how their numbers are written: as numbers, or in JSON also as words. */
export function pictureFields(number: Reader): { readonly diagram: Fields<Diagram>; readonly network: Fields<NetworkDiagram> } {
  const rows = list(list(number));
  // Most of a picture are numbers, and they are right.
  const cells: Reader = (value, place) => (isCells(value) ? value : rows(value, place));
  const place: Reader = (value, at) =>
    (object(value, at) as { readonly side?: unknown }).side === "line"
      ? record({ side: oneOf("line") })(value, at)
      : record({ side: oneOf("above", "below"), of: text })(value, at);
  const node: Fields<DiagramNode> = {
    id: text,
    role,
    name: text,
    operation: text,
    shape: text,
    place,
    value: maybe(cells),
    gradient: maybe(record({ symbol: text, value: maybe(cells), summands: maybe(number), hidden: maybe(flag), formula: maybe(text) })),
    equation: maybe(record({ tag: text, rule: text, agrees: maybe(flag) })),
    note: maybe(text),
    folded: maybe(texts),
    members: maybe(texts),
    group: maybe(text),
    lines: maybe(list(record({ label: text, text }))),
    bars: maybe(list(record({ symbol: text, size: number }))),
    reference: maybe(text),
  };
  const edge: Fields<DiagramEdge> = {
    from: text,
    to: text,
    direction: oneOf("forward", "backward"),
    label: text,
    spine: maybe(flag),
    message: maybe(number),
    marked: maybe(flag),
    adjoint: maybe(flag),
  };
  const neuron: Fields<Neuron> = { id: text, label: text, value: maybe(text), bias: maybe(text), share: maybe(number), output: maybe(text) };
  const column: Fields<Column> = { role, caption: text, details: texts, neurons: list(record(neuron)), hidden: number };
  const connection: Fields<Connection> = { from: text, to: text, weight: maybe(number), label: maybe(text), marked: maybe(flag), factor: maybe(number) };
  const path: Fields<WrittenPath> = { sign: text, through: texts, factors: list(number), product: number };
  const diagram: Fields<Diagram> = {
    title: text,
    subtitle: text,
    nodes: list(record(node)),
    edges: list(record(edge)),
    frames: maybe(texts),
    notes: maybe(texts),
    whole: maybe((value, at) => record(diagram)(value, at)),
  };
  return {
    diagram,
    network: {
      title: text,
      subtitle: text,
      columns: list(record(column)),
      connections: list(record(connection)),
      paths: maybe(list(record(path))),
      notes: maybe(texts),
      ink: maybe(flag),
    },
  };
}

const isCells = (value: unknown): boolean => Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((each) => typeof each === "number"));
