import type { Kinds } from "@llm/platform/options";
import { check } from "../../check.js";
import { checkPolicy, type SurvivorPolicy } from "../../minhash/policy.js";
import { checkSimilarity, MINHASH, type MinhashOptions } from "../../minhash/signature.js";
import type { Drop } from "../../pipeline.js";
import type { Sink } from "../../sink.js";
import type { Source } from "../../step.js";
import { checkCounts, type DocumentsOfRank, documentsOfRanks } from "../dedup/input.js";
import { type MinhashShape, scoreKind } from "./shape.js";

/** Options of `minhashStages`. */
export interface MinhashStagesOptions extends MinhashOptions {
  /**
   * What is deduplicated: a source of files, of which rank r reads every `tasks`-th from the r-th on, or a function. It is read
   * twice, in the first stage and in the last, and has to give the same documents.
   */
  readonly input: Source | DocumentsOfRank;
  /** Tasks of the first and the last stage. */
  readonly tasks: number;
  /** Where the stages keep their files. */
  readonly folder: string;
  /** Where the documents that stay are written, by the rank that read them. */
  readonly output: Sink;
  /** Default `"first"`. */
  readonly policy?: SurvivorPolicy | undefined;
  /** Tasks of the second stage for each bucket, each for a range of the hashes. Default 1. */
  readonly workersPerBucket?: number | undefined;
  /** Told by the last stage of every document that is dropped: the verdict's value is the id of the one that stays. */
  readonly onDrop?: ((drop: Drop) => void) | undefined;
}

const MINHASH_STAGES: Kinds<MinhashStagesOptions> = {
  ...MINHASH,
  input: "object|function!",
  tasks: "number!",
  folder: "string!",
  output: "object!",
  policy: "string|object",
  workersPerBucket: "number",
  onDrop: "function",
};

/** The options as the stages use them. */
export interface MinhashJob {
  readonly folder: string;
  readonly shape: MinhashShape;
  readonly policy: SurvivorPolicy;
  readonly workersPerBucket: number;
  readonly documents: DocumentsOfRank;
}

export function minhashJob(options: MinhashStagesOptions): MinhashJob {
  checkSimilarity("minhashStages", options);
  check("minhashStages", options, MINHASH_STAGES);
  checkPolicy("minhashStages", options.policy);
  const { folder, input, tasks, policy = "first", workersPerBucket = 1 } = options;
  const { ngram = 5, buckets = 14, hashesPerBucket = 8, seed = 1, normalization = "datatrove010" } = options;
  checkCounts({ tasks, workersPerBucket });
  const score = scoreKind(policy);
  return {
    folder,
    shape: { tasks, ngram, buckets, hashesPerBucket, seed, normalization, score },
    policy,
    workersPerBucket,
    documents: documentsOfRanks(input, tasks),
  };
}
