#!/usr/bin/env node
import { run } from "./commands.ts";

// A reader such as `head` may have enough before the end, which is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.exitCode = 2;
    if (stream === process.stdout) process.stderr.write(`nabla: standard output cannot be written: ${error.message}\n`);
  });

process.exitCode = await run(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
});
