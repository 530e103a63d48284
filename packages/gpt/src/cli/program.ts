import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { checkCommand } from "./check.js";
import { convertCommand } from "./convert.js";
import { describeCommand } from "./describe.js";

/** All that `gpt` does. */
export const program: Program = {
  name: "gpt",
  version,
  description: "Models of the GPT family: what is in them, whether they are whole, and other forms of them.",
  defaultCommand: "describe",
  defaultTakesWords: true,
  commands: [describeCommand, checkCommand, convertCommand],
};
