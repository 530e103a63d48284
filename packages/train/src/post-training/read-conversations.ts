// Conversations read one after the other: rendered, checked, and cut or refused where they do not fit into a row.
import { Rests } from "@llm/platform/rest";
import { DataError } from "../errors.js";
import { ConversationError, type RenderedConversation, readRendered } from "./rendered.js";

/** Conversations in a list, or from a stream that is read once, to its end. */
export type Conversations<C> = Iterable<C> | AsyncIterable<C>;

/** What can be packed, and how many of the others there were. */
export interface ReadConversations {
  readonly kept: readonly { ids: Int32Array; mask: Uint8Array }[];
  readonly skipped: number;
  readonly truncated: number;
}

/** Options of `packConversations`. */
export interface ConversationOptions<C> {
  /** The tokens of a conversation, and which of them are learned. May be async. */
  render: (conversation: C) => RenderedConversation | Promise<RenderedConversation>;
  /** Positions per row: a conversation of blockSize + 1 tokens fits, since the last one is a target only. */
  blockSize: number;
  /** Conversations for evaluation: the split `"val"`. */
  heldOut?: Conversations<C>;
  /**
   * One that does not fit into a row is an error (`"refuse"`, the default), loses its end (`"truncate"`), or is left out
   * (`"skip"`). What happened is counted.
   */
  tooLong?: "refuse" | "truncate" | "skip";
  /** One without a token to learn is an error (`"refuse"`, the default), or is left out and counted (`"skip"`). */
  nothingToLearn?: "refuse" | "skip";
  /** Token ids that the model knows; others are refused. Default: not checked. */
  vocabSize?: number;
  /** Ends the work: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Renders and checks every conversation.
 * @param what what messages call one
 * @throws {ConversationError} for the first that cannot be trained on
 * @throws {DataError} when none is left
 */
export async function readConversations<C>(
  conversations: Conversations<C>,
  options: ConversationOptions<C>,
  what: string,
): Promise<ReadConversations> {
  const { blockSize, tooLong, nothingToLearn, vocabSize = Infinity, signal } = options;
  const kept: ReadConversations["kept"][number][] = [];
  const refused: { index: number; length: number }[] = [];
  let index = -1;
  let truncated = 0;
  let skipped = 0;
  const rests = new Rests();
  for await (const conversation of conversations) {
    index++;
    await rests.take(signal);
    const name = `${what} ${index}`;
    const answer = await rendered(options, conversation, name, index);
    let { ids, mask } = readRendered(answer, { index, name, vocabSize });
    const { length } = ids;
    if (length > blockSize + 1) {
      if (tooLong === "skip") skipped++;
      else if (tooLong !== "truncate") refused.push({ index, length });
      if (tooLong !== "truncate") continue;
      truncated++;
      [ids, mask] = [ids.slice(0, blockSize + 1), mask.slice(0, blockSize + 1)];
    }
    if (mask.includes(1, 1)) {
      kept.push({ ids, mask });
    } else if (nothingToLearn === "skip") {
      skipped++;
      if (ids.length < length) truncated--;
    } else {
      const which = ids.length < length ? `the first ${ids.length} of its ${length} tokens` : "its tokens";
      throw new ConversationError(
        `${name} has nothing to learn from: the mask of ${which} is 0, but for the first at most. Look at render, leave it out, or pass nothingToLearn: "skip"`,
        index,
      );
    }
  }
  if (refused.length > 0) throw tooLongError(refused, blockSize, what);
  if (kept.length === 0) {
    throw new DataError(`there are no ${what}s${skipped > 0 ? `: all ${skipped} were left out` : ""}`);
  }
  return { kept, skipped, truncated };
}

async function rendered<C>(
  { render }: ConversationOptions<C>,
  conversation: C,
  name: string,
  index: number,
): Promise<RenderedConversation> {
  try {
    return await render(conversation);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ConversationError(`${name} cannot be rendered: ${said}`, index, { cause });
  }
}

function tooLongError(
  refused: readonly { index: number; length: number }[],
  blockSize: number,
  what: string,
): ConversationError {
  const { index, length } = refused[0]!;
  const longest = refused.reduce((most, each) => Math.max(most, each.length), 0);
  const more = refused.length - 1;
  const others =
    more > 0 ? ` (${more} more ${more === 1 ? "is" : "are"} too long; the longest has ${longest})` : "";
  return new ConversationError(
    `${what} ${index} has ${length} tokens, and a row of blockSize = ${blockSize} takes ${blockSize + 1}${others}. Raise blockSize to ${longest - 1} if the model has so many positions, shorten it, or pass tooLong: "truncate" or "skip"`,
    index,
  );
}
