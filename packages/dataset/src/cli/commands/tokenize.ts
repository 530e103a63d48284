import { readFolder } from "../../node/readers/read-files.js";
import { pipeline } from "../../pipeline.js";
import { writeTokens } from "../../shards/write.js";
import type { Arguments } from "../arguments.js";
import { type Io, write } from "../io.js";
import { loadTokenizer } from "../load-tokenizer.js";
import { watched } from "../watch.js";

/** `dataset tokenize`: documents to token shards. */
export async function tokenizeCommand(options: Arguments, io: Io): Promise<void> {
  const [from, to] = options.operands("what to read", "the folder to write");
  const path = options.required("tokenizer", "the tokenizer.json to encode with");
  const separator = options.text("separator");
  const tokenizer = await loadTokenizer(path);
  const documents = watched(pipeline(readFolder(from)), io);
  const manifest = await writeTokens(tokenizer, documents, to, {
    signal: io.signal,
    separator: separator === "none" ? null : separator,
    shardTokens: options.number("shard-tokens", 1, Number.MAX_SAFE_INTEGER),
  });
  const { tokens, documents: count, shards } = manifest;
  if (options.has("json")) await write(io.stdout, `${JSON.stringify(manifest)}\n`);
  else await write(io.stderr, `${to}: ${tokens} tokens of ${count} documents in ${shards.length} shards\n`);
}
