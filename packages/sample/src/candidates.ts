/** Tokens still in the race, in ascending id, with their logits so far. */
export interface Candidates {
  ids: Uint32Array;
  logits: Float64Array;
}

// Every filter finds the last candidate it keeps in one total order - higher logit first, then
// lower id - and one linear pass drops what comes after it. The vocabulary is never sorted.
// Candidates are in ascending id, so comparing their indices compares their ids.

function before(logits: Float64Array, i: number, j: number): boolean {
  const a = logits[i]!;
  const b = logits[j]!;
  return a > b || (a === b && i < j);
}

/** Keeps the candidates for which `keep` holds. */
export function filter({ ids, logits }: Candidates, keep: (index: number) => boolean): Candidates {
  const outIds = new Uint32Array(ids.length);
  const outLogits = new Float64Array(ids.length);
  let n = 0;
  for (let i = 0; i < ids.length; i++) {
    if (!keep(i)) continue;
    outIds[n] = ids[i]!;
    outLogits[n++] = logits[i]!;
  }
  return { ids: outIds.subarray(0, n), logits: outLogits.subarray(0, n) };
}

/** Moves heap[at] down until no child comes before it under `first`. */
function sink(heap: Int32Array, size: number, at: number, first: (i: number, j: number) => boolean): void {
  const item = heap[at]!;
  let hole = at;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && first(heap[child + 1]!, heap[child]!)) child++;
    if (!first(heap[child]!, item)) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = item;
}

function heapify(heap: Int32Array, first: (i: number, j: number) => boolean): void {
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, heap.length, at, first);
}

/** The index of the best candidate: highest logit, lowest id among equals. */
export function best({ logits }: Candidates): number {
  let top = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[top]!) top = i;
  return top;
}

/** The k best; with `ties`, also every candidate whose logit equals the k-th's. */
export function topK(candidates: Candidates, k: number, ties: boolean): Candidates {
  const { logits } = candidates;
  if (k >= logits.length) return candidates;
  // A heap of the k best so far with the worst of them on top: O(n log k), and mostly O(n).
  const worseFirst = (i: number, j: number) => before(logits, j, i);
  const heap = Int32Array.from({ length: k }, (_, i) => i);
  heapify(heap, worseFirst);
  for (let i = k; i < logits.length; i++) {
    if (logits[i]! <= logits[heap[0]!]!) continue; // an equal logit with a higher id loses
    heap[0] = i;
    sink(heap, k, 0, worseFirst);
  }
  const last = heap[0]!;
  if (ties) return filter(candidates, (i) => logits[i]! >= logits[last]!);
  return filter(candidates, (i) => i === last || before(logits, i, last));
}

/** exp(logit - max) of every candidate, and their sum: a softmax before its division. */
export function weigh(logits: Float64Array): { weights: Float64Array; total: number } {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    weights[i] = Math.exp(logits[i]! - max);
    total += weights[i]!;
  }
  return { weights, total };
}

/** The smallest set of best candidates whose probabilities add up to at least p (at least one). */
export function topP(candidates: Candidates, p: number): Candidates {
  const { logits } = candidates;
  const { weights, total } = weigh(logits);
  // Candidates below this weight hold less than 1 - p together, so the set ends before them.
  const floor = ((1 - p) * total) / logits.length;
  const heap = new Int32Array(logits.length);
  let size = 0;
  for (let i = 0; i < logits.length; i++) if (weights[i]! >= floor) heap[size++] = i;
  const bestFirst = (i: number, j: number) => before(logits, i, j);
  heapify(heap.subarray(0, size), bestFirst);
  let mass = 0;
  let last = heap[0]!;
  while (size > 0) {
    last = heap[0]!;
    mass += weights[last]!;
    if (mass >= p * total) break;
    heap[0] = heap[--size]!;
    sink(heap, size, 0, bestFirst);
  }
  return filter(candidates, (i) => i === last || before(logits, i, last));
}

/** Drops candidates whose probability is below p times the best one's. */
export function minP(candidates: Candidates, p: number): Candidates {
  const { logits } = candidates;
  const floor = logits[best(candidates)]! + Math.log(p);
  return filter(candidates, (i) => logits[i]! >= floor);
}
