export { type Formula, FormulaError, formula } from "./reader.ts";
