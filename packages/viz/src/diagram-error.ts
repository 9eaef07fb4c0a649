/** Something that cannot be drawn: an edge to nowhere, a colour that is not one, text that Graphviz refuses, a package that is absent. */
export class DiagramError extends Error {
  override readonly name: string = "DiagramError";
}
