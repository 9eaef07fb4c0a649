import { fileURLToPath } from "node:url";
import { conformance } from "./groups.ts";
import { report } from "./report.ts";

const folder = process.env["NABLA_FIXTURES"] ?? fileURLToPath(new URL("../fixtures/reference", import.meta.url));
const { text, failed } = report(conformance(folder));
process.stdout.write(`${text}\n`);
process.exitCode = failed > 0 ? 1 : 0;
