#!/usr/bin/env node
import process from "node:process";
import { main } from "@llm/platform/command";
import { program } from "./program.js";

// What job schedulers send before they kill: the run saves and ends as it does at Ctrl-C.
process.once("SIGTERM", () => process.emit("SIGINT"));

await main(program);
