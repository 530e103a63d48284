#!/usr/bin/env node
import { dispatch } from "./dispatch.js";

const interrupt = new AbortController();
// Once: the second Ctrl-C ends the process at once, as Node does by default.
process.once("SIGINT", () => {
  interrupt.abort();
  process.stdin.destroy(); // a terminal may never say anything again
});
// What fails to be written is told to whoever waits for the write.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const { stdin, stdout, stderr, env } = process;
const io = { stdin, stdout, stderr, env, signal: interrupt.signal };
process.exitCode = await dispatch(process.argv.slice(2), io);
// A stdin that is still open would keep the process waiting.
stdin.destroy();
