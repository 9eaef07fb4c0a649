export { FormulaError } from "./error.ts";
export { type Formula, formula } from "./reader.ts";
