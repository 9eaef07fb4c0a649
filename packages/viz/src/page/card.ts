import { type DiagramNode } from "../diagram.ts";
import { markup } from "../escape.ts";
import { equation } from "./walk.ts";
import { matrix } from "./matrix.ts";

/** What is known of one box, for the pointer that rests on it. */
export function card(id: number, node: DiagramNode): string {
  const { name, operation, shape, value, gradient, lines = [], bars = [] } = node;
  const row = (label: string, content: string): string => `<dt>${markup(label)}</dt><dd>${content}</dd>`;
  const rows = [
    row("formula", markup(operation)),
    row("shape", shape === "" ? (lines.length > 0 ? "" : "scalar") : markup(shape)),
    ...(value === undefined ? [] : [row("value", matrix(value))]),
    ...(gradient === undefined
      ? []
      : [
          row(
            gradient.symbol,
            gradient.value === undefined ? markup(gradient.formula ?? (gradient.hidden ? "not shown" : "not computed")) : matrix(gradient.value),
          ),
        ]),
    ...lines.map(({ label, text }) => row(label, markup(text))),
    ...bars.map(({ symbol, size }) => row(symbol, matrix([[size]]))),
  ];
  const rule = node.equation === undefined ? "" : equation(gradient?.symbol ?? "", node.equation);
  return `<template id="card-${id}"><h2>${markup(name)}</h2><dl>${rows.join("")}</dl>${rule}</template>`;
}
