import {
  CHAT_TOKENS,
  type ChatMessage,
  renderChat,
  splitByTokens,
  Tokenizer,
  type Trace,
  train,
} from "@llm/bpe";
import { bytesAsText } from "./token-texts.js";

/** A vocabulary to look at: the site's, one learned from the reader's text, or the reader's own file. */
export type VocabularyName = "base" | "text" | "file";

/** A token as it stands in a text. */
export interface ShownToken {
  readonly id: number;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly isSpecial: boolean;
  /** The first token of a piece, where the text is cut. */
  readonly cut: boolean;
}

/** What to make tokens of, and how. */
export interface Tokenization {
  readonly text: string;
  readonly vocabulary: VocabularyName;
  /** Special tokens in the text are made; otherwise they are plain text. */
  readonly specials: boolean;
  /** Cuts into pieces of at most so many tokens; 0 does not. */
  readonly budget: number;
}

/** A piece of the text that merging never crosses, and how it becomes tokens. */
export interface Piece extends Pick<Trace, "bytes" | "steps"> {
  readonly text: string;
}

export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly id: number;
  /** How often the pair stood in the text when it was joined. */
  readonly count: number;
}

/** How a vocabulary is learned from a text. */
export interface Film {
  readonly merges: readonly Merge[];
  /** The distinct pieces, and the text as their numbers. */
  readonly pieces: readonly Piece[];
  readonly order: readonly number[];
  /** Every token as it is shown. */
  readonly tokens: readonly string[];
  readonly bytes: number;
}

/** How a word becomes tokens, and how each of them is shown. */
export type MergeTree = Trace & { readonly texts: Readonly<Record<number, string>> };

/** A token of a dialogue, and whether the model learns to write it. */
export interface ChatToken {
  readonly id: number;
  readonly text: string;
  readonly isSpecial: boolean;
  readonly learn: boolean;
}

/** The vocabularies that are there. */
export class Vocabularies {
  readonly #base: Tokenizer;
  #text: Tokenizer | undefined;
  #file: Tokenizer | undefined;

  constructor(json: string) {
    this.#base = Tokenizer.fromHF(json);
  }

  /** Learns from a text, and remembers each merge. */
  async film(text: string, merges: number, signal?: AbortSignal): Promise<Film> {
    const list: Merge[] = [];
    const tokenizer = await train(text, {
      vocabSize: 256 + merges + CHAT_TOKENS.length,
      specialTokens: CHAT_TOKENS,
      onMerge: ({ left, right, id, count }) => list.push({ left, right, id, count }),
      ...(signal && { signal }),
    });
    this.#text = tokenizer;
    const numbers = new Map<string, number>();
    const order = tokenizer.split(text).map((piece) => {
      if (!numbers.has(piece)) numbers.set(piece, numbers.size);
      return numbers.get(piece)!;
    });
    const pieces = [...numbers.keys()].map((piece) => {
      const { bytes, steps } = tokenizer.trace(piece);
      return { text: piece, bytes, steps };
    });
    const tokens = Array.from({ length: 256 + list.length }, (_, id) =>
      bytesAsText(tokenizer.tokenBytes(id)),
    );
    return { merges: list, pieces, order, tokens, bytes: new TextEncoder().encode(text).length };
  }

  tokenize({ text, vocabulary, specials, budget }: Tokenization): ShownToken[] {
    const tokenizer = this.#of(vocabulary);
    const special = new Set(tokenizer.specialTokens.values());
    const options = specials ? ({ allowedSpecial: "all" } as const) : {};
    const encode = (part: string) =>
      specials ? tokenizer.encode(part, options) : tokenizer.encodeOrdinary(part);
    const parts = budget > 0 && text ? splitByTokens(tokenizer, text, { budget, ...options }) : [text];
    return parts.flatMap((part, at) =>
      Array.from(encode(part), (id, i) => {
        const bytes = tokenizer.tokenBytes(id);
        return {
          id,
          text: bytesAsText(bytes),
          bytes: [...bytes],
          isSpecial: special.has(id),
          cut: at > 0 && i === 0,
        };
      }),
    );
  }

  /** How one word becomes tokens of the vocabulary that was learned last. */
  tree(word: string, vocabulary: VocabularyName): MergeTree {
    const tokenizer = this.#of(vocabulary);
    const trace = tokenizer.trace(word);
    const ids = new Set([...trace.bytes, ...trace.ids, ...trace.steps.map(({ id }) => id)]);
    return {
      ...trace,
      texts: Object.fromEntries([...ids].map((id) => [id, bytesAsText(tokenizer.tokenBytes(id))])),
    };
  }

  dialogue(messages: readonly ChatMessage[]): ChatToken[] {
    const tokenizer = this.#of("text");
    const { ids, mask } = renderChat(tokenizer, messages);
    const special = new Map([...tokenizer.specialTokens].map(([name, id]) => [id, name]));
    return Array.from(ids, (id, i) => ({
      id,
      text: special.get(id) ?? bytesAsText(tokenizer.tokenBytes(id)),
      isSpecial: special.has(id),
      learn: mask[i] === 1,
    }));
  }

  /** Reads a tokenizer.json, or ranks as tiktoken writes them, which are cut as cl100k's are. @throws in words */
  read(name: string, content: string): void {
    try {
      this.#file = content.trimStart().startsWith("{")
        ? Tokenizer.fromHF(content)
        : Tokenizer.fromTiktoken(content, { pattern: "cl100k", specialTokens: {} });
    } catch (error) {
      throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #of(name: VocabularyName): Tokenizer {
    const tokenizer = { base: this.#base, text: this.#text, file: this.#file }[name];
    if (tokenizer) return tokenizer;
    throw new Error(
      name === "file" ? "Choose a file of your own first." : "The text's vocabulary is still being learned.",
    );
  }
}
