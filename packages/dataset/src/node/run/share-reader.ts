import type { Document } from "../../document.js";
import type { Source, SourceFile, StepContext } from "../../step.js";

/** Where a task stands in its files. */
export interface SharePosition {
  /** Index among the task's files. */
  readonly file: number;
  /** Documents and drops that this file has given. */
  readonly given: number;
}

/** Reads a task's files piece by piece, and knows where the next piece begins. */
export class ShareReader {
  /** Text that was read, in UTF-8. */
  bytes = 0;
  documents = 0;
  finished = false;
  readonly #name: string;
  readonly #documents: AsyncGenerator<Document>;
  #file: number;
  #given: number;
  #context: StepContext | undefined;

  constructor(
    source: Source,
    files: readonly SourceFile[] | undefined,
    position: SharePosition = { file: 0, given: 0 },
    signal?: AbortSignal,
  ) {
    this.#name = source.name;
    this.#file = position.file;
    this.#given = position.given;
    this.#documents = this.#read(source, files, {
      signal,
      drop: (document, verdict) => {
        this.#given++;
        this.#context!.drop(document, verdict);
      },
    });
  }

  get position(): SharePosition {
    return { file: this.#file, given: this.#given };
  }

  /** A source of the next `count` documents. It is read once, to its end, before the next piece. */
  piece(count: number): Source {
    const self = this;
    return {
      name: this.#name,
      async *read(context) {
        self.#context = context;
        for (let i = 0; i < count; i++) {
          const next = await self.#documents.next();
          if (next.done) {
            self.finished = true;
            return;
          }
          self.documents++;
          self.bytes += Buffer.byteLength(next.value.text);
          yield next.value;
        }
      },
    };
  }

  async close(): Promise<void> {
    await this.#documents.return(undefined);
  }

  async *#read(
    source: Source,
    files: readonly SourceFile[] | undefined,
    context: StepContext,
  ): AsyncGenerator<Document> {
    if (!files) {
      yield* source.read(context);
      return;
    }
    for (; this.#file < files.length; this.#file++, this.#given = 0) {
      const position = this.#given > 0 ? { given: this.#given } : undefined;
      for await (const document of source.open!(files[this.#file]!, context, position)) {
        this.#given++;
        yield document;
      }
    }
  }
}
