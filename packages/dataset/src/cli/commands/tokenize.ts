import { Command, type Io, nonEmpty, wholeNumber, write } from "@llm/platform/command";
import { readFolder } from "../../node/readers/read-files.js";
import { pipeline } from "../../pipeline.js";
import { writeTokens } from "../../shards/write.js";
import { loadTokenizer } from "../load-tokenizer.js";
import { watched } from "../watch.js";

/** `dataset tokenize`: documents to token shards. */
export const tokenizeCommand = (io: Io) =>
  new Command("tokenize")
    .usage("<in> <out> --tokenizer <path>")
    .summary("documents to token shards")
    .description("Writes shards and their manifest.json. Needs @llm/bpe.")
    .argument("<in>", "a file, a folder or a pattern", nonEmpty)
    .argument("<out>", "the folder to write", nonEmpty)
    .requiredOption("--tokenizer <path>", "a tokenizer.json, or a folder with it", nonEmpty)
    .option("--separator <token>", "written after every document, or none; default: <|endoftext|>")
    .option(
      "--shard-tokens <n>",
      "tokens after which a shard is closed; default: 134217728",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option("--json", "the manifest on stdout as JSON")
    .addHelpText("after", "\nExample:\n  dataset tokenize unique shards --tokenizer tokenizer.json")
    .action(async (from, to, { tokenizer: path, separator, json, ...options }) => {
      const tokenizer = await loadTokenizer(path);
      const documents = watched(pipeline(readFolder(from)), io);
      const manifest = await writeTokens(tokenizer, documents, to, {
        ...options,
        signal: io.signal,
        separator: separator === "none" ? null : separator,
      });
      const { tokens, documents: count, shards } = manifest;
      if (json) await write(io.stdout, `${JSON.stringify(manifest)}\n`);
      else
        await write(io.stderr, `${to}: ${tokens} tokens of ${count} documents in ${shards.length} shards\n`);
    });
