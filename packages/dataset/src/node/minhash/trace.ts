import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DuplicatePair } from "../../minhash/dedup.js";
import { DocumentIds } from "../dedup/document-index.js";
import { DedupFileError } from "../dedup/errors.js";
import { RecordFile } from "../dedup/records.js";
import { readTaskFile } from "../dedup/task-file.js";
import { clusterPath, clustersDonePath, STAGES } from "./layout.js";
import type { MinhashTask } from "./shape.js";

/** Why a document was removed. */
export interface DuplicateTrace {
  readonly id: string;
  /** Id of the document that stays instead. */
  readonly survivor: string;
  /** Documents in the cluster. */
  readonly clusterSize: number;
  /** The least number of pairs that link the two: the first has `id`, the last the survivor, and neighbours share a document. */
  readonly pairs: readonly DuplicatePair[];
}

/** A document, by the rank that reads it and its position there. */
interface Place {
  readonly rank: number;
  readonly position: number;
}

interface PlacePair {
  readonly a: Place;
  readonly b: Place;
  readonly bucket: number;
}

/** All pairs that the second stage found, file after file; `duplicateOf` is of the lower rank, or the lower position. */
export async function* minhashPairs(folder: string): AsyncGenerator<DuplicatePair> {
  const ids = new DocumentIds(folder);
  try {
    for await (const pair of placePairs(folder)) yield named(pair, ids);
  } finally {
    ids.close();
  }
}

/**
 * Why the document at a position of a rank was removed, once the third stage is done; undefined if it stayed. Reads all pairs.
 * @throws DedupFileError
 */
export async function traceDuplicate(
  folder: string,
  rank: number,
  position: number,
): Promise<DuplicateTrace | undefined> {
  const done = clustersDonePath(folder);
  if (!existsSync(done)) throw new DedupFileError(done, "is missing", `run ${STAGES.clusters} first`);
  const record = await find(folder, rank, position, "survivors");
  if (!record) return undefined;
  const document = { rank, position };
  const survivor = { rank: record[1]!, position: record[2]! };
  const members = await membersWith(folder, document);
  const ids = new DocumentIds(folder);
  try {
    return {
      id: ids.of(rank, position),
      survivor: ids.of(survivor.rank, survivor.position),
      clusterSize: members.size,
      pairs: (await path(folder, members, document, survivor)).map((pair) => named(pair, ids)),
    };
  } finally {
    ids.close();
  }
}

function named({ a, b, bucket }: PlacePair, ids: DocumentIds): DuplicatePair {
  return { id: ids.of(b.rank, b.position), duplicateOf: ids.of(a.rank, a.position), bucket };
}

async function* placePairs(folder: string): AsyncGenerator<PlacePair> {
  const parent = join(folder, "pairs");
  const names = await readdir(parent).catch((cause) => {
    throw new DedupFileError(parent, "is missing", `run ${STAGES.buckets} first`, cause);
  });
  for (const name of names.filter((name) => name.endsWith(".dups")).sort()) {
    const bucket = Number.parseInt(name, 10);
    const file = await RecordFile.find(join(parent, name), 4, `run ${STAGES.buckets} again`);
    for await (const words of file.batches()) {
      for (let i = 0; i < words.length; i += 4) {
        const a = { rank: words[i]!, position: words[i + 1]! };
        const b = { rank: words[i + 2]!, position: words[i + 3]! };
        yield { a, b, bucket };
      }
    }
  }
}

/** What the third stage says of a rank, if it says anything. */
async function records(folder: string, rank: number, kind: "survivors" | "clusters"): Promise<Uint32Array> {
  const path = clusterPath(folder, rank, kind);
  if (!existsSync(path)) return new Uint32Array();
  const file = await RecordFile.find(path, WIDTHS[kind], `run ${STAGES.clusters} again`);
  return file.read(0, file.count);
}

const WIDTHS = { survivors: 3, clusters: 2 };

async function find(folder: string, rank: number, position: number, kind: "survivors" | "clusters") {
  const words = await records(folder, rank, kind);
  for (let i = 0; i < words.length; i += WIDTHS[kind]) {
    if (words[i] === position) return words.subarray(i, i + WIDTHS[kind]);
  }
  return undefined;
}

/** The keys of all documents in a document's cluster. */
async function membersWith(folder: string, { rank, position }: Place): Promise<Set<number>> {
  const number = (await find(folder, rank, position, "clusters"))?.[1];
  const members = new Set<number>();
  const { tasks } = await readTaskFile<MinhashTask>(folder, rank, STAGES.signatures);
  for (let other = 0; other < tasks; other++) {
    const words = await records(folder, other, "clusters");
    for (let i = 0; i < words.length; i += 2) {
      if (words[i + 1] === number) members.add(keyOf({ rank: other, position: words[i]! }));
    }
  }
  return members;
}

function keyOf({ rank, position }: Place): number {
  return rank * 2 ** 32 + position;
}

/** The shortest way between two documents of a cluster, by breadth first. */
async function path(
  folder: string,
  members: ReadonlySet<number>,
  from: Place,
  to: Place,
): Promise<PlacePair[]> {
  const neighbours = new Map<number, { other: number; pair: PlacePair }[]>();
  for await (const pair of placePairs(folder)) {
    const [a, b] = [keyOf(pair.a), keyOf(pair.b)];
    if (!members.has(a)) continue;
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      const known = neighbours.get(one);
      if (known) known.push({ other, pair });
      else neighbours.set(one, [{ other, pair }]);
    }
  }
  // From the end, so that each step met says where to go on.
  const onward = new Map<number, { next: number; pair: PlacePair } | undefined>([[keyOf(to), undefined]]);
  for (const key of onward.keys()) {
    for (const { other, pair } of neighbours.get(key) ?? []) {
      if (!onward.has(other)) onward.set(other, { next: key, pair });
    }
  }
  const found: PlacePair[] = [];
  for (let step = onward.get(keyOf(from)); step; step = onward.get(step.next)) found.push(step.pair);
  return found;
}
