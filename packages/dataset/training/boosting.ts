/** Gradient-boosted decision trees for two classes, after Friedman (2001) with the second-order gain of XGBoost (Chen & Guestrin 2016). */
export interface BoostingOptions {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** Penalty on squared leaves. */
  readonly lambda: number;
  /** Least sum of second derivatives in a leaf. */
  readonly minWeight: number;
  /** Share of the features that each tree may use. */
  readonly features: number;
  readonly bins: number;
  readonly seed: number;
}

/** A complete binary tree: the node at `i` has its children at `2i + 1` and `2i + 2`. A row goes left up to the threshold. */
export interface Tree {
  readonly features: number[];
  readonly thresholds: number[];
  readonly leaves: number[];
}

/** Rows of numbers, `(labels.length, width)`, each with its label in [0, 1] and what it counts. */
export interface Examples {
  readonly rows: Float32Array;
  readonly width: number;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

export function trainTrees(examples: Examples, options: BoostingOptions): { bias: number; trees: Tree[] } {
  const { labels, weights, width } = examples;
  const count = labels.length;
  const cuts = Array.from({ length: width }, (_, f) => cutsOf(examples, f, options.bins));
  const binned = binAll(examples, cuts);
  let [positive, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    positive += labels[i]! * weights[i]!;
    total += weights[i]!;
  }
  const bias = Math.log(positive / (total - positive));
  const scores = new Float64Array(count).fill(bias);
  const random = randomFrom(options.seed);
  const gradients = new Float64Array(count);
  const curvatures = new Float64Array(count);
  const trees: Tree[] = [];
  for (let t = 0; t < options.trees; t++) {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-scores[i]!));
      gradients[i] = (p - labels[i]!) * weights[i]!;
      curvatures[i] = Math.max(1e-6, p * (1 - p)) * weights[i]!;
    }
    const usable = Array.from({ length: width }, (_, f) => f).filter(() => random() < options.features);
    trees.push(growTree(binned, cuts, usable, gradients, curvatures, scores, options));
  }
  return { bias, trees };
}

function growTree(
  binned: readonly Uint8Array[],
  cuts: readonly (readonly number[])[],
  usable: readonly number[],
  gradients: Float64Array,
  curvatures: Float64Array,
  scores: Float64Array,
  { depth, rate, lambda, minWeight, bins }: BoostingOptions,
): Tree {
  const inner = 2 ** depth - 1;
  const features = new Array<number>(inner).fill(0);
  const thresholds = new Array<number>(inner).fill(Number.POSITIVE_INFINITY);
  const leaves = new Array<number>(inner + 1).fill(0);
  let rows: Uint32Array[] = [Uint32Array.from(scores.keys())];
  for (let level = 0; level < depth; level++) {
    const next: Uint32Array[] = [];
    for (const [k, members] of rows.entries()) {
      const at = 2 ** level - 1 + k;
      const split = bestSplit(binned, usable, members, gradients, curvatures, lambda, minWeight, bins);
      if (!split) {
        next.push(members, new Uint32Array());
        continue;
      }
      features[at] = split.feature;
      thresholds[at] = cuts[split.feature]![split.bin]!;
      const column = binned[split.feature]!;
      next.push(
        members.filter((i) => column[i]! <= split.bin),
        members.filter((i) => column[i]! > split.bin),
      );
    }
    rows = next;
  }
  for (const [k, members] of rows.entries()) {
    let [g, h] = [0, lambda];
    for (const i of members) {
      g += gradients[i]!;
      h += curvatures[i]!;
    }
    leaves[k] = (-rate * g) / h;
    for (const i of members) scores[i]! += leaves[k]!;
  }
  return { features, thresholds, leaves };
}

function bestSplit(
  binned: readonly Uint8Array[],
  usable: readonly number[],
  members: Uint32Array,
  gradients: Float64Array,
  curvatures: Float64Array,
  lambda: number,
  minWeight: number,
  bins: number,
): { feature: number; bin: number } | undefined {
  let best: { feature: number; bin: number } | undefined;
  let bestGain = 1e-3;
  let [totalG, totalH] = [0, 0];
  for (const i of members) {
    totalG += gradients[i]!;
    totalH += curvatures[i]!;
  }
  const g = new Float64Array(bins);
  const h = new Float64Array(bins);
  for (const feature of usable) {
    g.fill(0);
    h.fill(0);
    const column = binned[feature]!;
    for (const i of members) {
      g[column[i]!]! += gradients[i]!;
      h[column[i]!]! += curvatures[i]!;
    }
    let [leftG, leftH] = [0, 0];
    for (let bin = 0; bin < bins - 1; bin++) {
      leftG += g[bin]!;
      leftH += h[bin]!;
      const [rightG, rightH] = [totalG - leftG, totalH - leftH];
      if (leftH < minWeight || rightH < minWeight) continue;
      const gain =
        leftG ** 2 / (leftH + lambda) + rightG ** 2 / (rightH + lambda) - totalG ** 2 / (totalH + lambda);
      if (gain > bestGain) {
        bestGain = gain;
        best = { feature, bin };
      }
    }
  }
  return best;
}

/** Up to `bins - 1` values that cut a feature into parts of like size; value `i` is the upper end of bin `i`. */
function cutsOf({ rows, width, labels }: Examples, feature: number, bins: number): number[] {
  const values = Float32Array.from(labels, (_, i) => rows[i * width + feature]!).sort();
  const cuts = new Set<number>();
  for (let b = 1; b < bins; b++) {
    const at = Math.floor((b * values.length) / bins);
    const next = values.subarray(at).find((value) => value > values[at]!);
    if (next !== undefined) cuts.add(round((values[at]! + next) / 2, values[at]!, next));
  }
  return [...cuts].sort((a, b) => a - b);
}

/** A number between two others with few digits. */
function round(middle: number, low: number, high: number): number {
  for (let digits = 1; digits < 8; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short >= low && short < high) return short;
  }
  return low;
}

function binAll({ rows, width, labels }: Examples, cuts: readonly (readonly number[])[]): Uint8Array[] {
  return cuts.map((ends, feature) => {
    const column = new Uint8Array(labels.length);
    for (let i = 0; i < labels.length; i++) {
      const value = rows[i * width + feature]!;
      let bin = 0;
      while (bin < ends.length && value > ends[bin]!) bin++;
      column[i] = bin;
    }
    return column;
  });
}

/** Numbers in [0, 1) by a linear congruential generator. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
