import type { FasttextLoss } from "./arguments.js";
import type { Matrix } from "./matrix.js";

/** A label's number and the logarithm of its probability. */
type Score = [label: number, logProbability: number];

/** Scores labels by what the words of a text average to; the best `k` come first. */
export type Output = (hidden: Float32Array, k: number) => Score[];

/** fastText adds this before it takes a logarithm, so that its probabilities are that much too high. */
const FLOOR = 1e-5;
const logOf = (probability: number) => Math.fround(Math.log(probability + FLOOR));

/** The output layer for a loss; `counts` says how often each label occurs. */
export function outputOf(loss: FasttextLoss, matrix: Matrix, counts: readonly number[]): Output {
  if (loss === "hs") return treeOutput(matrix, counts);
  const probabilities = loss === "softmax" ? softmax : sigmoids;
  const products = new Float64Array(matrix.rows);
  return (hidden, k) => {
    for (let row = 0; row < matrix.rows; row++) products[row] = dot(matrix, row, hidden);
    return best(
      Array.from(probabilities(products), (probability, label) => [label, logOf(probability)]),
      k,
    );
  };
}

/** The product of a row and a vector. */
export function dot({ values, columns }: Matrix, row: number, vector: Float32Array): number {
  const from = row * columns;
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += values[from + i]! * vector[i]!;
  return sum;
}

/** Replaces values by their softmax. */
export function softmax(values: Float64Array): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > max) max = value;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.exp(values[i]! - max);
    sum += values[i]!;
  }
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
  return values;
}

const SIGMOID_STEPS = 512;
const SIGMOID_END = 8;

/** Logistic functions as fastText looks them up in a table, so that they are as coarse. */
function sigmoids(values: Float64Array): Float64Array {
  return values.map((value) => {
    if (value < -SIGMOID_END) return 0;
    if (value > SIGMOID_END) return 1;
    const step = Math.floor(((value + SIGMOID_END) * SIGMOID_STEPS) / SIGMOID_END / 2);
    return sigmoid((step * 2 * SIGMOID_END) / SIGMOID_STEPS - SIGMOID_END);
  });
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function best(scores: Score[], k: number): Score[] {
  return scores.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k);
}

/** A Huffman tree of the labels: the way to one is a decision at every node, and each has a row of the matrix. */
function treeOutput(matrix: Matrix, counts: readonly number[]): Output {
  const { left, right } = huffman(counts);
  const leaves = counts.length;
  return (hidden, k) => {
    const found: Score[] = [];
    let least = logOf(0);
    const visit = (node: number, score: number) => {
      if (score < least) return;
      if (node < leaves) {
        found.push([node, score]);
        if (k === 1) least = score;
        return;
      }
      // Rounded as there: whether the rarest labels are reached hangs on it.
      const probability = Math.fround(sigmoid(Math.fround(dot(matrix, node - leaves, hidden))));
      visit(left[node]!, Math.fround(score + logOf(1 - probability)));
      visit(right[node]!, Math.fround(score + logOf(probability)));
    };
    visit(2 * leaves - 2, 0);
    return best(found, k);
  };
}

/** Labels come with the most frequent first. Nodes follow them, the root last. */
function huffman(counts: readonly number[]): { left: Int32Array; right: Int32Array } {
  const size = 2 * counts.length - 1;
  const total = new Float64Array(size).fill(1e15);
  total.set(counts);
  const left = new Int32Array(size);
  const right = new Int32Array(size);
  let leaf = counts.length - 1;
  let inner = counts.length;
  const least = () => (leaf >= 0 && total[leaf]! < total[inner]! ? leaf-- : inner++);
  for (let node = counts.length; node < size; node++) {
    left[node] = least();
    right[node] = least();
    total[node] = total[left[node]!]! + total[right[node]!]!;
  }
  return { left, right };
}
