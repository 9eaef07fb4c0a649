export { type Terminal, run } from "./commands.ts";
