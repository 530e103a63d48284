import type { Stage } from "../../stage.js";
import { bucketsStage } from "./buckets.js";
import { clustersStage } from "./clusters.js";
import { filterStage } from "./filter.js";
import { type MinhashStagesOptions, minhashJob } from "./options.js";
import { signaturesStage } from "./signatures.js";

/**
 * MinHash over a corpus of any size, in four stages that are run one after the other, the tasks of each side by side:
 * signatures, pairs in buckets, clusters, and the filter that writes the documents that stay. Files are those of datatrove
 * 0.10 (with sha1 and 64-bit hashes), byte for byte; with the policy `"datatrove"` also what is removed. A task that is stopped
 * leaves no file that is not whole, and is run again from its start.
 *
 * @throws RangeError, TypeError for options that make no sense; the tasks throw DedupFileError, InputChangedError,
 * PriorityError, DiskFullError, or the signal's reason
 */
export function minhashStages(options: MinhashStagesOptions): readonly [Stage, Stage, Stage, Stage] {
  const job = minhashJob(options);
  return [signaturesStage(job, options), bucketsStage(job), clustersStage(job), filterStage(job, options)];
}
