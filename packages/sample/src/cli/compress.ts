import { readFile } from "node:fs/promises";
import { Command, type Io, wholeNumber, write } from "@llm/platform/command";
import { writeAside } from "@llm/platform/durable";
import { formatBytes, formatCount, formatDuration, ProgressLine } from "@llm/platform/terminal";
import { type CompressionProgress, compress, decompress } from "../compression/compress.js";
import { openModel } from "./model-folder.js";
import { engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

/** `sample compress`: a file by what a model expects. */
export const compressCommand = (io: Io) =>
  new Command("compress")
    .summary("packs a file by what the model expects")
    .usage("<model folder> [file] [-o <path>]")
    .description(
      "Packs any file, best a text. Only the same model, tokenizer, engine and kind of CPU unpack it again.",
    )
    .argument("<model>", MODEL_FOLDER)
    .argument("[file]", "what to pack; stdin where there is none, and for -", "-")
    .option("-o, --output <path>", "where to write; default: stdout")
    .option(
      "--rows <n>",
      "parts of the text that are read at once: more are faster, and each begins without context",
      wholeNumber(1, 4096),
      16,
    )
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(tokenizerOption)
    .addHelpText("after", "\nExample:\n  sample compress SmolLM2-135M book.txt -o book.llm")
    .action(async (folder, file, { output, rows, ...options }) => {
      const bytes = await readAll(file, io);
      const { model, tokenizer, name, engine } = await openModel(folder, options);
      const progress = new Progress(io);
      const packed = await compress(model, tokenizer, bytes, { ...progress.options, rows, name, engine });
      await progress.finish(output, packed);
      const share =
        bytes.length > 0 ? `, ${((8 * packed.length) / bytes.length).toFixed(3)} bits a byte` : "";
      await write(io.stderr, `${formatBytes(bytes.length)} to ${formatBytes(packed.length)}${share}\n`);
    });

/** `sample decompress`: the file again. */
export const decompressCommand = (io: Io) =>
  new Command("decompress")
    .summary("unpacks what compress packed")
    .usage("<model folder> [file] [-o <path>]")
    .argument("<model>", "the model that it was packed with")
    .argument("[file]", "what to unpack; stdin where there is none, and for -", "-")
    .option("-o, --output <path>", "where to write; default: stdout")
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(tokenizerOption)
    .addHelpText("after", "\nExample:\n  sample decompress SmolLM2-135M book.llm -o book.txt")
    .action(async (folder, file, { output, ...options }) => {
      const bytes = await readAll(file, io);
      const { model, tokenizer, name, engine } = await openModel(folder, options);
      const progress = new Progress(io);
      await progress.finish(
        output,
        await decompress(model, tokenizer, bytes, { ...progress.options, name, engine }),
      );
    });

class Progress {
  readonly #io: Io;
  readonly #line: ProgressLine;
  readonly #start = performance.now();

  constructor(io: Io) {
    this.#io = io;
    this.#line = new ProgressLine(io);
  }

  get options() {
    return { signal: this.#io.signal, onProgress: (progress: CompressionProgress) => this.#show(progress) };
  }

  #show({ done, of }: CompressionProgress): void {
    this.#line.show(() => {
      const left = ((performance.now() - this.#start) / 1000) * (of / done - 1);
      return `${formatCount(done)} of ${formatCount(of)} tokens, ${formatDuration(left)} to go`;
    });
  }

  /** Writes a file aside and renames it, so that one that was there stays whole until then. */
  async finish(path: string | undefined, bytes: Uint8Array): Promise<void> {
    this.#line.clear();
    if (path === undefined || path === "-") await write(this.#io.stdout, bytes);
    else await writeAside(path, bytes);
  }
}

async function readAll(file: string, io: Io): Promise<Uint8Array> {
  if (file !== "-") return new Uint8Array(await readFile(file));
  const parts: Uint8Array[] = [];
  for await (const part of io.stdin) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
