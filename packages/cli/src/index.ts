export { run } from "./commands.ts";
export { type Terminal } from "./terminal.ts";
