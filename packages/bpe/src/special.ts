import { VocabularyError } from "./errors.js";

/** Special tokens to look for: all there are, or these. */
export type SpecialChoice = "all" | Iterable<string>;

/** Which special tokens encoding may make, and which it must not meet. As in tiktoken. */
export interface EncodeOptions {
  /** Special tokens that become their one id. Default: none. */
  allowedSpecial?: SpecialChoice;
  /** Special tokens whose text is an error, unless they are allowed. Default: all. What is in neither is plain text. */
  disallowedSpecial?: SpecialChoice;
  /** Puts the special tokens of the file's post-processor around the text, as Hugging Face does by default. Default: false. */
  addSpecialTokens?: boolean;
}

/** These options where special tokens are plain text unless the caller says otherwise. */
export function ordinary(options: EncodeOptions): EncodeOptions {
  return { ...options, disallowedSpecial: options.disallowedSpecial ?? [] };
}

/** A token that is looked for in the text itself, before that is cut into pieces. The flags are Hugging Face's. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /** Made only where the caller allows it; one that is not special is always looked for. */
  readonly special: boolean;
  /** Found only where no letter, mark, digit or underscore touches it. */
  readonly singleWord: boolean;
  /** Takes the white space before it along: that is then part of the token, and lost in decoding. */
  readonly lstrip: boolean;
  /** The same with the white space behind it. */
  readonly rstrip: boolean;
  /** Looked for (normalised itself) in the normalised text, after all others were found in the text as it came. */
  readonly normalized: boolean;
}

/** A vocabulary's special tokens, and those that its file adds beside them. */
export class SpecialTokens {
  /** Special ones first, the order in which equal matches are decided. */
  readonly tokens: readonly AddedToken[];
  /** Special tokens and their ids. */
  readonly ids: ReadonlyMap<string, number>;
  /** Added tokens that are not special, and their ids. */
  readonly always: ReadonlyMap<string, number>;

  /**
   * @param tokens added tokens, or plain special tokens with their ids.
   * @throws VocabularyError where one is empty or broken, or two have one text or one id.
   */
  constructor(tokens: readonly AddedToken[] | ReadonlyMap<string, number>) {
    const all = Array.isArray(tokens)
      ? (tokens as readonly AddedToken[])
      : Array.from(tokens as ReadonlyMap<string, number>, ([content, id]) => plainSpecial(content, id));
    const texts = new Map<string, number>();
    const ids = new Map<number, string>();
    for (const { content, id } of all) {
      const quoted = JSON.stringify(content);
      if (content === "") throw new VocabularyError(`Special token ${id} is empty: give it a text.`);
      if (/\p{Surrogate}/u.test(content)) {
        throw new VocabularyError(`Special token ${quoted} holds half a character: UTF-8 cannot say it.`);
      }
      if (texts.has(content)) {
        throw new VocabularyError(
          `Special token ${quoted} has the ids ${texts.get(content)} and ${id}: keep one.`,
        );
      }
      if (ids.has(id)) {
        throw new VocabularyError(
          `Special tokens ${JSON.stringify(ids.get(id))} and ${quoted} both have the id ${id}: give each its own.`,
        );
      }
      texts.set(content, id);
      ids.set(id, content);
    }
    this.tokens = [...all.filter((token) => token.special), ...all.filter((token) => !token.special)];
    const entry = ({ content, id }: AddedToken) => [content, id] as const;
    this.ids = new Map(all.filter((token) => token.special).map(entry));
    this.always = new Map(all.filter((token) => !token.special).map(entry));
  }
}

/** A special token without flags: found in the text as it came, wherever it stands. */
function plainSpecial(content: string, id: number): AddedToken {
  return { content, id, special: true, singleWord: false, lstrip: false, rstrip: false, normalized: false };
}
