// One conversation as tokens, checked before anything is computed from it.

/** A conversation as tokens: what `renderChat` of @llm/bpe and its chat templates answer. */
export interface RenderedConversation {
  readonly ids: ArrayLike<number>;
  /**
   * 1 on tokens that the model is to learn: the assistant's text, its tool calls, and the token that ends its turn. 0 elsewhere.
   * `mask[t]` belongs to `ids[t]`. The first token of all is never learned, since nothing comes before it.
   */
  readonly mask: ArrayLike<number>;
}

/** A conversation that cannot be trained on. */
export class ConversationError extends Error {
  override readonly name = "ConversationError";
  /** Which one it is in its list, counted from 0. */
  readonly index: number;

  constructor(message: string, index: number, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
  }
}

/** What is asked of a rendered conversation. */
interface Rules {
  /** Its place in the list. */
  index: number;
  /** What messages call it: "conversation 3". */
  name: string;
  /** The number of token ids that the model knows. */
  vocabSize: number;
}

/**
 * A copy of a rendered conversation.
 * @throws {ConversationError} for lists of different length, less than two tokens, no token id, a mask that is neither 0 nor 1
 */
export function readRendered(
  rendered: RenderedConversation,
  { index, name, vocabSize }: Rules,
): { ids: Int32Array; mask: Uint8Array } {
  const fail = (message: string) => new ConversationError(`${name} ${message}`, index);
  const lengthOf = (list: "ids" | "mask") => {
    const length = (Object(rendered) as Partial<RenderedConversation>)[list]?.length;
    if (Number.isInteger(length)) return length!;
    throw fail(`has no ${list}: render answered ${shown(rendered)}; it must answer { ids, mask }`);
  };
  const length = lengthOf("ids");
  if (lengthOf("mask") !== length) {
    throw fail(
      `has ${length} ids and a mask of ${rendered.mask.length}; render must answer one mask value for each id`,
    );
  }
  if (length < 2) {
    throw fail(`has ${length === 0 ? "no tokens" : "one token"}; it takes two to have something to predict`);
  }
  for (let t = 0; t < length; t++) {
    const [id, learn] = [rendered.ids[t]!, Number(rendered.mask[t])];
    if (!(Number.isInteger(id) && id >= 0)) {
      throw fail(`has ${id} for a token id at index ${t}; ids are whole numbers of at least 0`);
    }
    if (id >= vocabSize) {
      throw fail(
        `has the token id ${id} at index ${t}; the model knows ${vocabSize} ids. Use the model's tokenizer; for new chat tokens give the model rows`,
      );
    }
    if (learn !== 0 && learn !== 1)
      throw fail(`has ${rendered.mask[t]} in its mask at index ${t}; it must be 0 or 1`);
  }
  return { ids: Int32Array.from(rendered.ids), mask: Uint8Array.from(rendered.mask, Number) };
}

function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing in it"}`;
}
