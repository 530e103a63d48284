import { safeParts, textOf } from "../text-parts.js";
import type { Tokenizer } from "../tokenizer.js";
import type { Arguments } from "./arguments.js";
import { cutsOfTokenizer } from "./borders.js";
import { ID_FORMATS, IdWriter, idFormat } from "./id-formats.js";
import { inputs } from "./input.js";
import { type Io, write } from "./io.js";
import { openTokenizer } from "./tokenizer-files.js";

/** `bpe encode`: text to ids, in parts, so that it may be of any length. */
export async function encodeCommand(options: Arguments, io: Io): Promise<void> {
  const path = options.required("tokenizer", "the tokenizer to encode with");
  const name = options.has("json") ? "json" : (options.choice("format", ID_FORMATS) ?? "text");
  const tokenizer = await openTokenizer(path, options);
  const writer = new IdWriter(idFormat(name, tokenizer.vocabSize));
  for (const { bytes } of inputs(options.files, io)) {
    await write(io.stdout, writer.start());
    for await (const ids of encoded(tokenizer, bytes, options.has("allow-special"), io)) {
      await write(io.stdout, writer.part(ids));
    }
    await write(io.stdout, writer.end());
  }
}

/** The ids of an input, a part at a time: together those of the whole text. */
async function* encoded(
  tokenizer: Tokenizer,
  bytes: AsyncIterable<Uint8Array>,
  special: boolean,
  io: Io,
): AsyncGenerator<Uint32Array> {
  for await (const part of safeParts(textOf(bytes), cutsOfTokenizer(tokenizer))) {
    io.signal.throwIfAborted();
    yield special ? tokenizer.encode(part, { allowedSpecial: "all" }) : tokenizer.encodeOrdinary(part);
  }
}

/** `bpe count`: how many tokens each input has. */
export async function countCommand(options: Arguments, io: Io): Promise<void> {
  const tokenizer = await openTokenizer(
    options.required("tokenizer", "the tokenizer to count with"),
    options,
  );
  const files: { file: string; tokens: number; bytes: number }[] = [];
  const total = { tokens: 0, bytes: 0 };
  for (const { name, bytes } of inputs(options.files, io)) {
    const count = { file: name, tokens: 0, bytes: 0 };
    const counting = async function* () {
      for await (const chunk of bytes) {
        count.bytes += chunk.length;
        yield chunk;
      }
    };
    for await (const ids of encoded(tokenizer, counting(), options.has("allow-special"), io)) {
      count.tokens += ids.length;
    }
    files.push(count);
    total.tokens += count.tokens;
    total.bytes += count.bytes;
    if (!options.has("json")) await write(io.stdout, `${count.tokens}\t${name}\n`);
  }
  if (options.has("json")) await write(io.stdout, `${JSON.stringify({ files, total })}\n`);
  else if (files.length > 1) await write(io.stdout, `${total.tokens}\ttotal\n`);
}
