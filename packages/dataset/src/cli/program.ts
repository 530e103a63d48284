import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { dedupCommand } from "./commands/dedup.js";
import { explainCommand } from "./commands/explain.js";
import { runCommand } from "./commands/run.js";
import { statsCommand } from "./commands/stats.js";
import { tokenizeCommand } from "./commands/tokenize.js";
import { viewCommand } from "./commands/view.js";

/** All that `dataset` does. */
export const program: Program = {
  name: "dataset",
  version,
  description: "Web pages to clean, deduplicated text and token shards.",
  commands: [runCommand, explainCommand, statsCommand, dedupCommand, tokenizeCommand, viewCommand],
};
