// Products of transformers' shapes, and the MLP of a GPT-2 block forward and backward: ours beside what else computes in
// JavaScript. First all must give the same result.
import { compare } from "./compare.js";
import { type Matrix, type Mlp, type Peer, type Prepared, type Product, peers } from "./tensor-peers.js";

let seed = 0;
const matrix = (rows: number, columns: number, scale = 1): Matrix => {
  seed += 0.37;
  const data = Float32Array.from({ length: rows * columns }, (_, i) => scale * Math.sin(seed + i * i));
  return { data, shape: [rows, columns] };
};
const product = (m: number, n: number, k: number, transposeA: boolean, transposeB: boolean): Product => ({
  a: transposeA ? matrix(k, m) : matrix(m, k),
  b: transposeB ? matrix(n, k) : matrix(k, n),
  transposeA,
  transposeB,
});
const products = [
  { name: "mlp up, forward (NN)", m: 768, n: 512, k: 128, transposeA: false, transposeB: false },
  { name: "logits (NT)", m: 512, n: 4096, k: 256, transposeA: false, transposeB: true },
  { name: "weight gradient (TN)", m: 384, n: 1536, k: 2048, transposeA: true, transposeB: false },
];
const [rows, width] = [256, 768];
const mlp: Mlp = {
  x: matrix(rows, width),
  up: matrix(width, 4 * width, 0.05),
  down: matrix(4 * width, width, 0.05),
};
const forward = (4 * rows * width * 4 * width) / 1e9;

interface Work {
  name: string;
  gigaflop: number;
  prepare: (peer: Peer) => Promise<Prepared> | undefined;
}
const works: Work[] = [
  ...products.map(
    ({ name, m, n, k, transposeA, transposeB }): Work => ({
      name: `${name}: ${m} x ${n} x ${k}`,
      gigaflop: (2 * m * n * k) / 1e9,
      prepare: (peer) => peer.product(product(m, n, k, transposeA, transposeB)),
    }),
  ),
  { name: `MLP, ${rows} rows of ${width}`, gigaflop: forward, prepare: (peer) => peer.mlp(mlp) },
  {
    name: "the same, forward and backward",
    gigaflop: 2.5 * forward, // no gradient of x
    prepare: (peer) => peer.mlpGradients?.(mlp),
  },
];

function check(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const largest = (values: ArrayLike<number>) =>
    Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = largest(Array.from(expected, (value, i) => value - actual[i]!)) / largest(expected);
  if (!(error < 1e-4)) throw new Error(`${name} differs from ours by ${error}`);
}

const contestants = await peers();
/** Seconds of every work, by contestant. */
const seconds = new Map<string, Map<string, number>>();
for (const { name, gigaflop, prepare } of works) {
  const entered: (Prepared & { name: string })[] = [];
  for (const peer of [...contestants.ours, ...contestants.peers]) {
    seed = 0;
    const prepared = await prepare(peer);
    if (!prepared) continue;
    entered.push({ name: peer.name, ...prepared });
    check(peer.name, await prepared.run(), await entered[0]!.run());
  }
  const medians = await compare(name, gigaflop, "GFLOP", entered, 11);
  seconds.set(name, new Map(entered.map(({ name }, i) => [name, medians[i]!])));
  for (const { dispose } of entered) dispose();
}

console.log("\ntimes as fast, geometric mean of what both did");
for (const own of contestants.ours) {
  for (const peer of contestants.peers) {
    const ratios = [...seconds.values()].flatMap((times) =>
      times.has(peer.name) ? [times.get(peer.name)! / times.get(own.name)!] : [],
    );
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    const range = `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}`;
    console.log(`  ${own.name.padEnd(20)} ${mean.toFixed(1).padStart(6)}x ${peer.name} (${range})`);
  }
}
process.exit(0);
