// Conversations packed into rows. Each is whole and in one row, sees no other, and counts its positions from 0: a row's
// loss is that of its conversations in rows of their own. What is left of a row is padding, which does not count.
import { checkKind, type Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import type { Batch, Batches, BatchKey } from "../data/batch.js";
import { PackedRows } from "../data/packing.js";
import { firstRow } from "../data/windows.js";
import { DataError, OptionsError } from "../errors.js";
import { hashOfIds } from "../hash.js";
import {
  type ConversationOptions,
  type Conversations,
  type ReadConversations,
  readConversations,
} from "./read-conversations.js";

/** What became of the conversations of a split. */
export interface PackingSummary {
  /** Those that are in rows. */
  readonly conversations: number;
  /** Those left out for want of something to learn, or as too long. */
  readonly skipped: number;
  /** Those that lost their end. */
  readonly truncated: number;
  /** Tokens in rows. */
  readonly tokens: number;
  /** Tokens that are learned: the targets that count. */
  readonly learned: number;
  /** Rows of one epoch. */
  readonly rows: number;
  /** Share of the rows' positions that is padding. */
  readonly padding: number;
}

/** Packed conversations: a source of batches for `train`, `evaluate`, `mixture` and `inspect`. */
export interface PackedConversations extends Batches {
  /** How the conversations of a split lie in rows. Default: `"train"`, seed 0. */
  summary(split?: string, seed?: number): PackingSummary;
}

const OPTIONS: Kinds<ConversationOptions<unknown>> = {
  render: "function!",
  blockSize: "count!",
  heldOut: "iterable",
  tooLong: ["refuse", "truncate", "skip"],
  nothingToLearn: ["refuse", "skip"],
  vocabSize: "count",
  signal: "signal",
};

/**
 * Renders conversations and packs them into rows by best fit. An epoch has each once, in an order of its own. The split `"val"`
 * has those held out, each once: rows beyond them are padding.
 * @throws {ConversationError} for one that cannot be trained on: its `index` says which
 * @throws {DataError} when there is none
 * @throws {OptionsError} for options it does not have, lacks or cannot use
 */
export async function packConversations<C>(
  conversations: Conversations<C>,
  options: ConversationOptions<C>,
): Promise<PackedConversations> {
  const fail = (message: string) => new OptionsError(message);
  checkKind("conversations of packConversations", conversations, "iterable", fail);
  check("packConversations", options as ConversationOptions<unknown>, OPTIONS);
  const { blockSize, heldOut, tooLong = "refuse" } = options;
  const readSplit = async (list: Conversations<C>, what: string) =>
    packed(await readConversations(list, options, what));
  const splits = new Map([["train", await readSplit(conversations, "conversation")]]);
  if (heldOut) splits.set("val", await readSplit(heldOut, "held-out conversation"));
  const splitOf = (name: string) => {
    const split = splits.get(name);
    if (split) return split;
    const wayOut = name === "val" ? '; give heldOut conversations for "val"' : "";
    throw new DataError(`conversations have no split "${name}"${wayOut}`);
  };
  return {
    description: {
      conversations: Object.fromEntries([...splits].map(([name, { description }]) => [name, description])),
      tooLong,
    },
    batch(key) {
      if (key.blockSize < blockSize) {
        throw new DataError(
          `conversations were packed for blockSize = ${blockSize}; rows of ${key.blockSize} would cut them`,
        );
      }
      return splitOf(key.split).batch(key);
    },
    summary: (split = "train", seed = 0) => splitOf(split).summary({ split, blockSize, seed }),
  };
}

/** The conversations of one split. */
interface Split {
  readonly description: Readonly<Record<string, unknown>>;
  batch(key: BatchKey): Batch;
  summary(key: Pick<BatchKey, "split" | "blockSize" | "seed">): PackingSummary;
}

/** Rows are packed from the places of tokens, which then become ids and targets: so the mask goes the same way as the ids. */
function packed({ kept, ...counts }: ReadConversations): Split {
  const tokens = kept.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(tokens);
  const mask = new Uint8Array(tokens);
  const ends: number[] = [];
  let at = 0;
  let learned = 0;
  for (const each of kept) {
    ids.set(each.ids, at);
    mask.set(each.mask, at);
    mask[at] = 0; // nothing comes before it
    learned += mask.subarray(at, at + each.ids.length).reduce((sum, one) => sum + one, 0);
    at += each.ids.length;
    ends.push(at);
  }
  const read = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  const rows = new PackedRows({ ends, separator: null, read }, "best-fit", true);
  return {
    description: { count: kept.length, tokens, hash: hashOfIds(ids), mask: hashOfIds(mask) },
    batch(key) {
      const isTraining = key.split === "train";
      // Evaluation asks for step 0, and is to have every row once.
      const from = isTraining ? key : { ...key, step: key.step + 1 };
      const places = rows.batch(from);
      const left = isTraining ? Infinity : Math.max(0, (rows.count(key) - firstRow(from)) * key.blockSize);
      return {
        ids: places.ids.map((place) => ids[place]!),
        targets: places.targets.map((place) => (place < 0 ? place : ids[place]!)),
        mask: Uint8Array.from(places.targets, (place, i) => (i < left && place >= 0 ? mask[place]! : 0)),
        documents: places.documents!,
      };
    },
    summary(key) {
      const count = rows.count(key);
      const padding = 1 - (tokens - kept.length) / (count * key.blockSize);
      return { conversations: kept.length, ...counts, tokens, learned, rows: count, padding };
    },
  };
}
