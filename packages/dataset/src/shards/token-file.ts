import { basename, join } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import type { Document } from "../document.js";
import { type Sink, type SinkState, type SinkTask, type SinkWriter, taskName } from "../sink.js";
import { type Separator, type ShardTokenizer, TokenEncoder, TokenError, uint64 } from "./encode.js";
import { AtomicFile } from "./file.js";
import { LLMC_HEADER_BYTES, llmcHeader } from "./llmc.js";
import { metric } from "./metric.js";

/** Options of `writeNanogpt` and `writeLlmc`. */
export interface TokenFileOptions {
  /** Written once a document: an id, a special token's name, or null for none. Default `<|endoftext|>`. */
  readonly separator?: Separator | undefined;
}

/** Options of `writeDs`. */
export interface DsOptions extends TokenFileOptions {
  /** Named in the metadata, where datatrove names the tokenizer's file. Default `"Unknown Tokenizer|<bytes per token>"`, as datatrove has it. */
  readonly tokenizerName?: string | undefined;
}

/**
 * The end of a pipeline: datatrove 0.10's token files, not shuffled, for each task `00000_unshuffled.ds` (ids), `.ds.index` (u64
 * document ends) and `.ds.metadata`.
 */
export function writeDs(tokenizer: ShardTokenizer, folder: string, options: DsOptions = {}): Sink {
  const encoder = new TokenEncoder(tokenizer, options.separator);
  const { tokenizerName = `Unknown Tokenizer|${encoder.width}` } = options;
  return sink("writeDs", folder, encoder, {
    extension: "_unshuffled.ds",
    hasIndex: true,
    metadata: (tokens) => `${tokenizerName}|${encoder.width}\n${tokens}\n${metric(tokens, "T")}`,
  });
}

/**
 * The end of a pipeline: llm.c's `00000.bin` for each task, a header of 256 int32 and then ids, the separator before each document.
 * A vocabulary above 65,536 is written as llm.c's uint32 variant.
 */
export function writeLlmc(tokenizer: ShardTokenizer, folder: string, options: TokenFileOptions = {}): Sink {
  const encoder = new TokenEncoder(tokenizer, options.separator, "first");
  return sink("writeLlmc", folder, encoder, {
    extension: ".bin",
    headerBytes: LLMC_HEADER_BYTES,
    header: (tokens) => llmcHeader(tokens, encoder.width),
  });
}

/**
 * The end of a pipeline: nanoGPT's `00000.bin` for each task, uint16 ids and nothing else.
 *
 * @throws TokenError for a vocabulary above 65,536
 */
export function writeNanogpt(
  tokenizer: ShardTokenizer,
  folder: string,
  options: TokenFileOptions = {},
): Sink {
  const encoder = new TokenEncoder(tokenizer, options.separator);
  if (encoder.width !== 2)
    throw new TokenError(`nanoGPT's files hold ids below 65,536, the vocabulary has ${tokenizer.vocabSize}`);
  return sink("writeNanogpt", folder, encoder, { extension: ".bin" });
}

interface TokenFileFormat {
  readonly extension: string;
  readonly hasIndex?: boolean;
  /** Kept free at the start, for what is known only at the end. */
  readonly headerBytes?: number;
  readonly header?: (tokens: number) => Uint8Array;
  /** Text of a file `.metadata`. */
  readonly metadata?: (tokens: number) => string;
}

function sink(name: string, folder: string, encoder: TokenEncoder, format: TokenFileFormat): Sink {
  return {
    name,
    folder,
    open: (task, state) => TokenFileWriter.open(folder, task, encoder, format, state),
  };
}

class TokenFileWriter implements SinkWriter {
  private readonly folder: string;
  private readonly name: string;
  private readonly encoder: TokenEncoder;
  private readonly format: TokenFileFormat;
  /** The tokens, and where the format has them the index and, at the end, the metadata. */
  private readonly files: AtomicFile[];
  private count: number;

  private constructor(
    folder: string,
    name: string,
    encoder: TokenEncoder,
    format: TokenFileFormat,
    files: AtomicFile[],
    count: number,
  ) {
    this.folder = folder;
    this.name = name;
    this.encoder = encoder;
    this.format = format;
    this.files = files;
    this.count = count;
  }

  private get tokens(): AtomicFile {
    return this.files[0]!;
  }

  private get index(): AtomicFile | undefined {
    return this.files[1];
  }

  static async open(
    folder: string,
    task: SinkTask,
    encoder: TokenEncoder,
    format: TokenFileFormat,
    state?: SinkState,
  ): Promise<TokenFileWriter> {
    const { headerBytes = 0, hasIndex } = format;
    const [count, documents] = [Number(state?.["tokens"] ?? 0), Number(state?.["documents"] ?? 0)];
    const name = `${taskName(task)}${format.extension}`;
    const sizes = [headerBytes + count * encoder.width, ...(hasIndex ? [documents * 8] : [])];
    const files: AtomicFile[] = [];
    try {
      for (const [i, size] of sizes.entries()) {
        const path = join(folder, i === 0 ? name : `${name}.index`);
        files.push(await (state ? AtomicFile.resume(path, size) : AtomicFile.create(path)));
      }
      if (!state) await files[0]!.write(new Uint8Array(headerBytes));
    } catch (error) {
      for (const file of files) await file.leave();
      throw error;
    }
    return new TokenFileWriter(folder, name, encoder, format, files, count);
  }

  async write({ text }: Document): Promise<void> {
    const bytes = this.encoder.encode(text);
    await this.tokens.write(bytes);
    this.count += bytes.length / this.encoder.width;
    await this.index?.write(uint64(this.count));
  }

  async checkpoint(): Promise<SinkState> {
    await this.tokens.sync();
    await this.index?.sync();
    return { tokens: this.count, documents: (this.index?.bytes ?? 0) / 8 };
  }

  async close(): Promise<readonly string[]> {
    const { header, metadata } = this.format;
    if (header) await this.tokens.writeStart(header(this.count));
    if (metadata) {
      const file = await AtomicFile.create(join(this.folder, `${this.name}.metadata`));
      this.files.push(file);
      await file.write(new TextEncoder().encode(metadata(this.count)));
    }
    for (const file of this.files) await file.close();
    // The tokens last: where they are, their companions are.
    for (const file of this.files.toReversed()) await file.commit();
    await syncFolder(this.folder);
    return this.files.map(({ path }) => basename(path));
  }

  async abort(): Promise<void> {
    for (const file of this.files) await file.leave();
  }
}
