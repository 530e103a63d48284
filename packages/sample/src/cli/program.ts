import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { chatCommand } from "./chat.js";
import { serveCommand } from "./serve.js";

/** All that `sample` does. */
export const program: Program = {
  name: "sample",
  version,
  description: "Text of a model: served over HTTP, or in a chat.",
  operandFirst: true,
  commands: [serveCommand, chatCommand],
};
