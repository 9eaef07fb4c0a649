/** A formula that cannot be read or does not fit its values: what is wrong, at which column, and what to write instead. */
export class FormulaError extends Error {
  override readonly name: string = "FormulaError";
}
