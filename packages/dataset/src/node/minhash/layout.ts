import { join } from "node:path";

/** The stages' names, in their order. */
export const STAGES = {
  signatures: "minhash-signatures",
  buckets: "minhash-buckets",
  clusters: "minhash-clusters",
  filter: "minhash-filter",
} as const;

const digits = (value: number, count: number) => `${value}`.padStart(count, "0");

/** Where a rank's sorted signatures of a bucket are: records of the hashes (u64) and the document's position (u32). */
export function signaturesPath(folder: string, bucket: number, rank: number): string {
  return join(folder, "signatures", `bucket_${digits(bucket, 3)}`, `${digits(rank, 5)}.minhash.sig`);
}

/** Where the pairs that a worker found in its part of a bucket are: records of rank and position of each (4 x u32). */
export function pairsPath(folder: string, bucket: number, worker: number): string {
  return join(folder, "pairs", `${digits(bucket, 5)}_${digits(worker, 2)}.dups`);
}

/** What the third stage counted, written last: without it the folder of clusters is not whole. */
export function clustersDonePath(folder: string): string {
  return join(clustersFolder(folder), "clusters.json");
}

/** The folder of what is said of clusters. */
export function clustersFolder(folder: string): string {
  return join(folder, "clusters");
}

/**
 * What is said of a rank's documents, by position (u32): `remove` those to drop; `clusters` and `sizes` those in clusters, each with
 * the cluster's number and size (u32); `survivors` those to drop, each with rank and position (u32) of the one that stays.
 */
export function clusterPath(
  folder: string,
  rank: number,
  kind: "remove" | "clusters" | "sizes" | "survivors",
): string {
  return join(clustersFolder(folder), `${digits(rank, 6)}.${kind}`);
}
