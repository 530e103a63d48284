import { join } from "node:path";
import type { Kinds } from "@llm/platform/options";
import type { Document } from "../../document.js";
import type { Drop } from "../../pipeline.js";
import type { Sink } from "../../sink.js";
import type { Source } from "../../step.js";
import { checkCounts, type DocumentsOfRank, documentsOfRanks } from "../dedup/input.js";

/** Options that all deduplication by equal contents, in stages, has. */
export interface RepeatStagesOptions {
  /** What is deduplicated, read twice; as in `minhashStages`. */
  readonly input: Source | DocumentsOfRank;
  /** Tasks of the first and the last stage. */
  readonly tasks: number;
  /** Where the stages keep their files. */
  readonly folder: string;
  /** Where the documents that stay are written, by the rank that read them. */
  readonly output: Sink;
  /** Tasks of the second stage, each for a range of the hashes. Default 1. */
  readonly workers?: number | undefined;
  /** Told by the last stage of every document that is dropped. */
  readonly onDrop?: ((drop: Drop) => void) | undefined;
}

/** The kinds of {@link RepeatStagesOptions}. */
export const REPEAT_STAGES: Kinds<RepeatStagesOptions> = {
  input: "object|function!",
  tasks: "number!",
  folder: "string!",
  output: "object!",
  workers: "number",
  onDrop: "function",
};

/** What of a document may come again in another. */
interface Content {
  readonly key: string;
  /** Goes before others of the same key, and stays, if it is lower; the second half counts more. Then the lower rank, then the lower `last`. */
  readonly order: readonly [low: number, high: number];
  readonly last: number;
}

/** A deduplication by equal contents. */
export interface RepeatJob {
  /** The stages' names begin with it. */
  readonly name: string;
  readonly tasks: number;
  readonly workers: number;
  readonly folder: string;
  readonly documents: DocumentsOfRank;
  /** What the stages have to agree on, besides `tasks` and `workers`. */
  readonly settings: Readonly<Record<string, string | number>>;
  contentsOf(document: Document, position: number): Iterable<Content>;
  /** Where a record of `contentsOf` says which document, and which part of it. */
  readonly positionAt: 3 | 4;
}

/** What the first stage says of a rank. */
export interface RepeatTask {
  readonly documents: number;
  readonly contents: number;
}

type Kind = Pick<RepeatJob, "name" | "settings" | "contentsOf" | "positionAt">;

export function repeatJob(options: RepeatStagesOptions, kind: Kind): RepeatJob {
  const { input, tasks, folder, workers = 1 } = options;
  checkCounts({ tasks, workers });
  const settings = { kind: kind.name, tasks, workers, ...kind.settings };
  return { ...kind, settings, tasks, workers, folder, documents: documentsOfRanks(input, tasks) };
}

/** The stages' names, in their order. */
export function stageNames({ name }: RepeatJob) {
  return { contents: `${name}-contents`, repeats: `${name}-repeats`, filter: `${name}-filter` };
}

/** Words of a record of contents: the key's hash and the order (u64), and `last` (u32). */
export const CONTENT_WIDTH = 5;

/** Where a rank's sorted records of contents for a worker are. */
export function contentsPath(folder: string, worker: number, rank: number): string {
  return join(folder, "contents", digits(worker, 4), `${digits(rank, 5)}.contents`);
}

/** Words of a record of repeats: a document's position, the part of it, and rank and position of the document that has it first (u32). */
export const REPEAT_WIDTH = 4;

/** The folder of what a worker found, which is there when all of it is. */
export function repeatsFolder(folder: string, worker: number): string {
  return join(folder, "repeats", digits(worker, 4));
}

/** The name, in that folder, of the file of a rank's repeats; absent where it has none. */
export function repeatsName(rank: number): string {
  return `${digits(rank, 5)}.repeats`;
}

function digits(value: number, count: number): string {
  return `${value}`.padStart(count, "0");
}
