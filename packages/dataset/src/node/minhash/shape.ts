import type { SurvivorPolicy } from "../../minhash/policy.js";

/** What all stages have to agree on. */
export interface MinhashShape {
  readonly tasks: number;
  readonly ngram: number;
  readonly buckets: number;
  readonly hashesPerBucket: number;
  readonly seed: number;
  readonly normalization: string;
  /** What the score of each document is. */
  readonly score: "length" | "priority";
}

/** What the first stage says of a rank. */
export interface MinhashTask extends MinhashShape {
  readonly documents: number;
  /** Documents long enough for a signature. */
  readonly signatures: number;
}

/** Which score a policy needs; a document's length is kept where it needs none. */
export function scoreKind(policy: SurvivorPolicy): MinhashShape["score"] {
  return typeof policy === "object" ? "priority" : "length";
}
