#!/usr/bin/env node
import { run } from "./run.js";

const interrupt = new AbortController();
// Once: the second Ctrl-C ends the process at once, as Node does by default.
process.once("SIGINT", () => interrupt.abort());
// What fails to be written is told to whoever waits for the write.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env, signal: interrupt.signal });
// A stdin that is still open would keep the process waiting.
stdin.destroy();
