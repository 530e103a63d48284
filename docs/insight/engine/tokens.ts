import {
  CHAT_TOKENS,
  type ChatMessage,
  ENCODINGS,
  type EncodingName,
  renderChat,
  splitByTokens,
  Tokenizer,
  type Trace,
  train,
} from "@llm/bpe";
import type { TemplateMessage } from "@llm/bpe/template";
import { messageOf } from "../message-of.js";
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
interface Piece extends Pick<Trace, "bytes" | "steps"> {
  readonly text: string;
}

interface Merge {
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
interface ChatToken extends Omit<ShownToken, "cut"> {
  readonly learn: boolean;
}

/** A dialogue as a model reads it. */
export interface Chat {
  readonly tokens: readonly ChatToken[];
  /** Whether it is known what of it is learned. */
  readonly hasMask: boolean;
}

/** A dialogue to make tokens of: by a model's template, in Jinja, or as this project's models have it. */
export interface Dialogue {
  readonly messages: readonly ChatMessage[];
  readonly vocabulary: VocabularyName;
  readonly template?: string;
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

  async dialogue({ messages, vocabulary, template }: Dialogue): Promise<Chat> {
    const tokenizer = this.#of(vocabulary);
    const { ids, mask } =
      template === undefined
        ? renderChat(tokenizer, messages)
        : (await import("@llm/bpe/template"))
            .chatTemplate(template)
            .encode(tokenizer, messages as readonly TemplateMessage[]);
    const special = new Map([...tokenizer.specialTokens].map(([name, id]) => [id, name]));
    const tokens = Array.from(ids, (id, i) => {
      const bytes = tokenizer.tokenBytes(id);
      return {
        id,
        text: special.get(id) ?? bytesAsText(bytes),
        bytes: [...bytes],
        isSpecial: special.has(id),
        learn: mask?.[i] === 1,
      };
    });
    return { tokens, hasMask: mask !== null };
  }

  /**
   * Reads a tokenizer.json, or ranks as tiktoken writes them: a published table is known by its length, any other is cut as
   * cl100k's is. @returns its name, with what was taken for granted. @throws in words
   */
  read(name: string, content: string): string {
    try {
      if (content.trimStart().startsWith("{")) {
        this.#file = Tokenizer.fromHF(content);
        return name;
      }
      const ranks = content.split("\n").filter((line) => line.trim()).length;
      const [encoding] = Object.entries(ENCODINGS).find(([, encoding]) => encoding.ranks === ranks) ?? [];
      this.#file = Tokenizer.fromTiktoken(
        content,
        (encoding as EncodingName | undefined) ?? { pattern: "cl100k", specialTokens: {} },
      );
      return `${name}, cut as ${encoding ?? "cl100k"} does`;
    } catch (error) {
      throw new Error(`${name} cannot be read: ${messageOf(error)}`);
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
