import type { Arguments } from "./arguments.js";
import { ID_FORMATS, idFormat, readIds } from "./id-formats.js";
import { inputs } from "./input.js";
import { type Io, write } from "./io.js";
import { openTokenizer } from "./tokenizer-files.js";

/** `bpe decode`: ids to text, in whole characters as they come. */
export async function decodeCommand(options: Arguments, io: Io): Promise<void> {
  const path = options.required("tokenizer", "the tokenizer that made the ids");
  const name = options.choice("format", ID_FORMATS) ?? "text";
  const tokenizer = await openTokenizer(path, options);
  const format = idFormat(name, tokenizer.vocabSize);
  for (const { bytes } of inputs(options.files, io)) {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for await (const ids of readIds(bytes, format)) {
      io.signal.throwIfAborted();
      await write(io.stdout, decoder.decode(tokenizer.decodeBytes(ids), { stream: true }));
    }
    await write(io.stdout, decoder.decode());
  }
}
