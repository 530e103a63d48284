import { type TrainFilesOptions, trainStreams } from "../node-train.js";
import type { Tokenizer } from "../tokenizer.js";
import type { Arguments } from "./arguments.js";
import { inputs } from "./input.js";
import { type Io, write } from "./io.js";
import { Progress } from "./progress.js";
import { PATTERN_NAMES, writeTokenizer } from "./tokenizer-files.js";

/** `bpe train`: texts to a tokenizer file. */
export async function trainCommand(options: Arguments, io: Io): Promise<void> {
  options.required("vocab-size", "how many tokens there are to be");
  const vocabSize = options.number("vocab-size", 256, 2 ** 24 - 1)!;
  const out = options.required("out", "the file to write, such as tokenizer.json");
  const pattern = options.choice("pattern", PATTERN_NAMES) ?? "cl100k";
  const special = options.texts("special");
  const minFrequency = options.number("min-frequency", 1, Number.MAX_SAFE_INTEGER);
  const workers = options.number("workers", 1, 1024);
  const tieBreak = options.choice("tie-break", ["ids", "hf"]);

  const progress = new Progress(io);
  const started = performance.now();
  let bytes = 0;
  let merges = 0;
  function* streams() {
    for (const input of inputs(options.files, io)) yield counting(input.bytes);
  }
  async function* counting(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      progress.show(() => `read ${(bytes / 1e6).toFixed(1)} MB`);
      yield chunk;
    }
  }

  const settings: TrainFilesOptions = {
    vocabSize,
    pattern,
    lines: options.has("lines"),
    signal: io.signal,
    ...(special.length > 0 && { specialTokens: special }),
    ...(minFrequency !== undefined && { minFrequency }),
    ...(workers !== undefined && { workers }),
    ...(tieBreak && { tieBreak }),
    onMerge: ({ step, steps, bytes, count }) => {
      merges = step;
      progress.show(() => `merge ${step} of ${steps}: ${quoted(bytes)}, ${count} times`);
    },
  };
  let tokenizer: Tokenizer;
  try {
    tokenizer = await trainStreams(streams(), undefined, settings);
  } finally {
    progress.clear();
  }
  io.signal.throwIfAborted();
  const files = await writeTokenizer(tokenizer, out);
  const seconds = (performance.now() - started) / 1e3;
  const result = {
    vocabSize: tokenizer.vocabSize,
    merges,
    bytes,
    seconds: Number(seconds.toFixed(3)),
    files,
  };
  if (options.has("json")) await write(io.stdout, `${JSON.stringify(result)}\n`);
  else {
    await write(
      io.stderr,
      `${files.join(", ")}: ${result.vocabSize} tokens from ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s\n`,
    );
  }
}

function quoted(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(bytes));
}
