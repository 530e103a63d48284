import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { benchCommand } from "./bench.js";
import { chatCommand } from "./chat.js";
import { compressCommand, decompressCommand } from "./compress.js";
import { evalCommand } from "./eval.js";
import { generateCommand } from "./generate.js";
import { llamaCppOptions } from "./llama-cpp-options.js";
import { serveCommand } from "./serve.js";

/** All that `sample` does. */
export const program: Program = {
  name: "sample",
  version,
  description:
    "A language model at work: writing on from a prompt, chatting, serving, scored, timed, and packing files.",
  operandFirst: true,
  elsewhere: llamaCppOptions,
  commands: [
    generateCommand,
    chatCommand,
    serveCommand,
    evalCommand,
    benchCommand,
    compressCommand,
    decompressCommand,
  ],
};
