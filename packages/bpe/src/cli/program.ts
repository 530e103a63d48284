import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { convertCommand } from "./convert.js";
import { countCommand } from "./count.js";
import { decodeCommand } from "./decode.js";
import { encodeCommand } from "./encode.js";
import { statsCommand } from "./stats.js";
import { trainCommand } from "./train.js";

/** All that `bpe` does. */
export const program: Program = {
  name: "bpe",
  version,
  description: "Byte-level BPE: train a vocabulary, encode and decode.",
  commands: [trainCommand, encodeCommand, decodeCommand, countCommand, statsCommand, convertCommand],
};
