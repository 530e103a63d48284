#!/usr/bin/env node
import { main } from "@llm/platform/command";
import { program } from "./program.js";

await main(program);
