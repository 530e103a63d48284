// Attention by blocks: a workgroup has a block of queries of one head and goes over the keys in blocks, with a running maximum and
// sum (Dao et al., FlashAttention, 2022), so that the T x T weights never exist. Four invocations share a row of the block. The
// backward pass makes the weights again, once by blocks of queries for dQ and once by blocks of keys for dK and dV: each number
// is written by one invocation, so nothing depends on the order in which workgroups run.
import { EngineError } from "../../errors.js";
import type { AttentionArgs, AttentionBackwardArgs, AttentionMask } from "../../kernel-arguments.js";
import { firstKeysOf, placesOf } from "../reference/batch-places.js";
import type { Device } from "./device.js";
import { adds, CAPPED, each, put, RANDOM } from "./wgsl.js";

/** Rows of a block, and of the blocks that it goes over. */
interface Blocks {
  readonly own: number;
  readonly other: number;
}

const SIZES: readonly Blocks[] = [
  { own: 16, other: 16 },
  { own: 16, other: 8 },
  { own: 8, other: 8 },
  { own: 8, other: 4 },
  { own: 4, other: 2 },
];
/** Invocations that share a row. */
const SHARE = 4;

/** The largest blocks whose numbers fit into workgroup memory. */
function blocksFor(
  on: Device,
  headDim: number,
  tiles: { own: number; other: number; scores: number },
): Blocks {
  const limit = on.gpu.limits.maxComputeWorkgroupStorageSize;
  const fitting = SIZES.find(({ own, other }) => {
    const rows = tiles.own * own + tiles.other * other;
    return 4 * (rows * headDim + tiles.scores * own * other) <= limit;
  });
  if (fitting) return fitting;
  throw new EngineError(
    `Heads of ${headDim} columns do not fit into this GPU's maxComputeWorkgroupStorageSize of ${limit} bytes.`,
  );
}

interface Numbers {
  readonly [name: string]: number;
}

const dropoutOf = ({
  dropout,
}: AttentionMask): { key: string; ints: Numbers; floats: Numbers; head: string } =>
  dropout
    ? {
        key: "d",
        ints: { key0: dropout.key[0], key1: dropout.key[1], least: Math.ceil(dropout.p * 0x1_0000_0000) },
        floats: { kept: 1 / (1 - dropout.p) },
        head: `${RANDOM}
fn keep(r: u32, s: u32, keys: u32) -> f32 { return select(0.0, p.kept, bits(p.key0, p.key1, r * keys + s) >= p.least); }`,
      }
    : { key: "", ints: {}, floats: {}, head: "fn keep(r: u32, s: u32, keys: u32) -> f32 { return 1.0; }" };

/** Columns of a row that one of the invocations that share it has. */
const columnsOf = (headDim: number) => Math.ceil(headDim / SHARE);

/** `first_key(position, own)`: the first key that is seen from a position, where the mask shows those from `own` on. */
const FIRST_KEY = `
fn first_key(position: u32, own: u32) -> u32 {
  if (p.window == 0u || position < p.window) { return own; }
  return max(own, position - p.window + 1u);
}`;

/** See Engine.attention. */
export function attention(on: Device, args: AttentionArgs): void {
  const { q, k, v, out, logSumExp, starts, lengths, rows, firstKeys } = args;
  const { batch, queries, start, nHead, nKvHead, headDim, scale, window, softcap } = args;
  const places = placesOf("attention", args, k, (buffer, length) => on.ids(buffer, length));
  firstKeysOf("attention", args, places, queries, (buffer, length) => on.ids(buffer, length));
  const { own, other } = blocksFor(on, headDim, { own: 1, other: 1, scores: 1 });
  const lanes = own * SHARE;
  const dropout = dropoutOf(args);
  const blocks = Math.ceil(queries / own);
  const names = { starts, lengths, rows, firstKeys, logSumExp };
  const flags = Object.entries(names).map(([name, given]) => (given ? name : ""));
  on.run({
    key: `attention ${own} ${other} ${headDim} ${flags.join()} ${dropout.key}`,
    read: { q: q.buffer, k: k.buffer, v: v.buffer, starts, lengths, rows, firstKeys },
    write: { out, logSumExp },
    ints: {
      ...{ batch, queries, start, nHead, share: nHead / nKvHead, window, blocks },
      ...{ qAt: q.offset, qRow: q.rowStride, qBatch: q.batchStride },
      ...{ kAt: k.offset, kRow: k.rowStride, kBatch: k.batchStride },
      ...{ vAt: v.offset, vRow: v.rowStride, vBatch: v.batchStride },
      ...dropout.ints,
    },
    floats: { scale, cap: softcap, ...dropout.floats },
    groups: batch * nHead * blocks,
    size: [lanes, 1],
    code: () => `${CAPPED}
${dropout.head}
${FIRST_KEY}
var<workgroup> queries: array<f32, ${own * headDim}>;
var<workgroup> shared_rows: array<f32, ${other * headDim}>; // keys, then values
var<workgroup> scores: array<f32, ${own * other}>;
---
if (group >= p.batch * p.nHead * p.blocks) { return; }
let t0 = group % p.blocks * ${own}u;
let h = group / p.blocks % p.nHead;
let b = group / p.blocks / p.nHead;
let begin = ${starts ? "u32($starts[b])" : "p.start"};
let count = ${lengths ? "u32($lengths[b])" : "p.queries"};
let kv_row = ${rows ? "u32($rows[b])" : "b"};
let kv_head = h / p.share * ${headDim}u;
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
let t = t0 + r;
for (var e = lane; e < ${own * headDim}u; e += ${lanes}u) {
  let row = t0 + e / ${headDim}u;
  var value = 0.0;
  if (row < count) { value = $q[p.qAt + b * p.qBatch + row * p.qRow + h * ${headDim}u + e % ${headDim}u]; }
  queries[e] = value;
}
var first_seen = 0u;
if (t < count) { first_seen = first_key(begin + t, ${firstKeys ? "u32($firstKeys[b * p.queries + t])" : "0u"}); }
let keys = select(0u, begin + min(count, t0 + ${own}u), t0 < count);
var most = -1.0e30;
var sum = 0.0;
var values: array<f32, ${columnsOf(headDim)}>;
let first_block = first_key(begin + t0, 0u) / ${other}u * ${other}u;
for (var s0 = first_block; s0 < keys; s0 += ${other}u) {
  workgroupBarrier();
  for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
    let s = s0 + e / ${headDim}u;
    var value = 0.0;
    if (s < keys) { value = $k[p.kAt + kv_row * p.kBatch + s * p.kRow + kv_head + e % ${headDim}u]; }
    shared_rows[e] = value;
  }
  workgroupBarrier();
  for (var j = part; j < ${other}u; j += ${SHARE}u) {
    let s = s0 + j;
    var score = -2.0e30;
    if (t < count && s >= first_seen && s <= begin + t) {
      var dot = 0.0;
      for (var d = 0u; d < ${headDim}u; d++) { dot += queries[r * ${headDim}u + d] * shared_rows[j * ${headDim}u + d]; }
      score = capped(p.scale * dot, p.cap);
    }
    scores[r * ${other}u + j] = score;
  }
  workgroupBarrier();
  for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
    let s = s0 + e / ${headDim}u;
    var value = 0.0;
    if (s < keys) { value = $v[p.vAt + kv_row * p.vBatch + s * p.vRow + kv_head + e % ${headDim}u]; }
    shared_rows[e] = value;
  }
  workgroupBarrier();
  var next = most;
  for (var j = 0u; j < ${other}u; j++) { next = max(next, scores[r * ${other}u + j]); }
  let shrink = exp(most - next);
  most = next;
  sum *= shrink;
  for (var c = 0u; c < ${columnsOf(headDim)}u; c++) { values[c] *= shrink; }
  for (var j = 0u; j < ${other}u; j++) {
    let score = scores[r * ${other}u + j];
    if (score <= -1.0e30) { continue; }
    let weight = exp(score - most);
    sum += weight;
    let kept = weight * keep((b * p.nHead + h) * p.queries + t, s0 + j, p.queries);
    for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
      let d = c * ${SHARE}u + part;
      if (d < ${headDim}u) { values[c] += kept * shared_rows[j * ${headDim}u + d]; }
    }
  }
}
if (t >= p.queries) { return; }
for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${headDim}u) {
    $out[((b * p.queries + t) * p.nHead + h) * ${headDim}u + d] = select(0.0, values[c] / sum, sum > 0.0);
  }
}
${
  logSumExp
    ? "if (part == 0u) { $logSumExp[(b * p.nHead + h) * p.queries + t] = select(0.0, most + log(sum), sum > 0.0); }"
    : ""
}`,
  });
}

/** See Engine.attentionBackward. */
export function attentionBackward(on: Device, args: AttentionBackwardArgs): void {
  const { lengths, firstKeys, batch, length, nHead } = args;
  const row = (nHead + 2 * args.nKvHead) * args.headDim;
  const keys = { buffer: args.qkv, offset: 0, rowStride: row, batchStride: length * row };
  const integers = (buffer: Parameters<Device["ids"]>[0], count: number) => on.ids(buffer, count);
  const places = placesOf("attentionBackward", { ...args, queries: length, start: 0 }, keys, integers);
  firstKeysOf("attentionBackward", args, places, length, integers);
  const flags = `${lengths ? "l" : ""}${firstKeys ? "f" : ""}`;
  on.withScratch([batch * nHead * length], (delta) => {
    const { headDim } = args;
    // sum(dO O) of each row.
    each(on, batch * nHead * length, {
      key: `attention delta ${headDim}`,
      read: { out: args.out, dOut: args.dOut },
      write: { delta },
      ints: { length, nHead },
      code: () => `
let t = i % p.length;
let h = i / p.length % p.nHead;
let b = i / p.length / p.nHead;
let at = ((b * p.length + t) * p.nHead + h) * ${headDim}u;
var sum = 0.0;
for (var d = 0u; d < ${headDim}u; d++) { sum += $dOut[at + d] * $out[at + d]; }
$delta[i] = sum;`,
    });
    const shared = sharedBackward(args, flags);
    const read = {
      ...{ qkv: args.qkv, dOut: args.dOut, logSumExp: args.logSumExp, delta, lengths, firstKeys },
    };
    queryGradients(on, args, { ...shared, read });
    keyGradients(on, args, { ...shared, read });
  });
}

type Shared = ReturnType<typeof sharedBackward> & { read: Record<string, unknown> };

function sharedBackward(args: AttentionBackwardArgs, flags: string) {
  const { batch, length, nHead, nKvHead, headDim, scale, window, softcap, lengths, firstKeys } = args;
  const dropout = dropoutOf(args);
  return {
    key: `${headDim} ${flags} ${dropout.key} ${adds(args.dQkv)}`,
    ints: {
      ...{ batch, length, nHead, nKvHead, share: nHead / nKvHead, window },
      width: (nHead + 2 * nKvHead) * headDim,
      ...dropout.ints,
    },
    floats: { scale, cap: softcap, ...dropout.floats },
    head: `${CAPPED}
${dropout.head}
${FIRST_KEY}
fn count_of(b: u32) -> u32 { return ${lengths ? "u32($lengths[b])" : "p.length"}; }
fn first_of(b: u32, t: u32) -> u32 { return first_key(t, ${firstKeys ? "u32($firstKeys[b * p.length + t])" : "0u"}); }`,
  };
}

/**
 * `weights[r, j]` = P and `slopes[r, j]` = dS for row r of the own block and row j of the other, where `score` and `product` are
 * the dot products of their queries with keys and of their dO with values.
 */
const differentiate = (t: string, s: string, at: string, dots: string) => `
  var weight = 0.0;
  var slope = 0.0;
  if (${t} < count && ${s} <= ${t} && ${s} >= first_of(b, ${t})) {
    ${dots}
    let score = capped(p.scale * dot, p.cap);
    let row = (b * p.nHead + h) * p.length + ${t};
    let kept = keep(row, ${s}, p.length);
    let share = exp(score - $logSumExp[row]);
    weight = kept * share;
    slope = p.scale * share * (kept * product - $delta[row]);
    if (p.cap > 0.0) { slope *= 1.0 - (score / p.cap) * (score / p.cap); }
  }
  weights[${at}] = weight;
  slopes[${at}] = slope;`;

/** dQ = scale dS K, by blocks of queries. */
function queryGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { batch, length, nHead, headDim, dQkv } = args;
  const { own, other } = blocksFor(on, headDim, { own: 2, other: 2, scores: 2 });
  const lanes = own * SHARE;
  const blocks = Math.ceil(length / own);
  const D = `${headDim}u`;
  on.run({
    key: `attention dQ ${own} ${other} ${shared.key}`,
    read: shared.read as never,
    write: { dQkv: dQkv.buffer },
    ints: { ...shared.ints, blocks },
    floats: shared.floats,
    groups: batch * nHead * blocks,
    size: [lanes, 1],
    code: () => `${shared.head}
var<workgroup> q_rows: array<f32, ${own * headDim}>;
var<workgroup> o_rows: array<f32, ${own * headDim}>;
var<workgroup> k_rows: array<f32, ${other * headDim}>;
var<workgroup> v_rows: array<f32, ${other * headDim}>;
var<workgroup> weights: array<f32, ${own * other}>;
var<workgroup> slopes: array<f32, ${own * other}>;
---
if (group >= p.batch * p.nHead * p.blocks) { return; }
let t0 = group % p.blocks * ${own}u;
let h = group / p.blocks % p.nHead;
let b = group / p.blocks / p.nHead;
let count = count_of(b);
let k_at = (p.nHead + h / p.share) * ${D};
let v_at = k_at + p.nKvHead * ${D};
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
for (var e = lane; e < ${own * headDim}u; e += ${lanes}u) {
  let t = t0 + e / ${D};
  var query = 0.0;
  var gradient = 0.0;
  if (t < count) {
    query = $qkv[(b * p.length + t) * p.width + h * ${D} + e % ${D}];
    gradient = $dOut[((b * p.length + t) * p.nHead + h) * ${D} + e % ${D}];
  }
  q_rows[e] = query;
  o_rows[e] = gradient;
}
let t = t0 + r;
let keys = select(0u, min(count, t0 + ${own}u), t0 < count);
var sums: array<f32, ${columnsOf(headDim)}>;
for (var s0 = first_key(t0, 0u) / ${other}u * ${other}u; s0 < keys; s0 += ${other}u) {
  workgroupBarrier();
  for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
    let s = s0 + e / ${D};
    var key = 0.0;
    var value = 0.0;
    if (s < keys) {
      let source = (b * p.length + s) * p.width + e % ${D};
      key = $qkv[source + k_at];
      value = $qkv[source + v_at];
    }
    k_rows[e] = key;
    v_rows[e] = value;
  }
  workgroupBarrier();
  for (var j = part; j < ${other}u; j += ${SHARE}u) {
    let s = s0 + j;
${differentiate(
  "t",
  "s",
  `r * ${other}u + j`,
  `var dot = 0.0;
    var product = 0.0;
    for (var d = 0u; d < ${D}; d++) {
      dot += q_rows[r * ${D} + d] * k_rows[j * ${D} + d];
      product += o_rows[r * ${D} + d] * v_rows[j * ${D} + d];
    }`,
)}
  }
  workgroupBarrier();
  for (var j = 0u; j < ${other}u; j++) {
    let slope = slopes[r * ${other}u + j];
    for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
      let d = c * ${SHARE}u + part;
      if (d < ${D}) { sums[c] += slope * k_rows[j * ${D} + d]; }
    }
  }
}
if (t >= p.length) { return; }
for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) { ${put(dQkv, "dQkv", `(b * p.length + t) * p.width + h * ${D} + d`, "sums[c]")} }
}`,
  });
}

/** dK = scale dS' Q and dV = P' dO, by blocks of keys, over all queries and heads that read them. */
function keyGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { batch, length, nKvHead, headDim, dQkv } = args;
  const { own, other } = blocksFor(on, headDim, { own: 2, other: 2, scores: 2 });
  const lanes = own * SHARE;
  const blocks = Math.ceil(length / own);
  const D = `${headDim}u`;
  on.run({
    key: `attention dKV ${own} ${other} ${shared.key}`,
    read: shared.read as never,
    write: { dQkv: dQkv.buffer },
    ints: { ...shared.ints, blocks },
    floats: shared.floats,
    groups: batch * nKvHead * blocks,
    size: [lanes, 1],
    code: () => `${shared.head}
var<workgroup> k_rows: array<f32, ${own * headDim}>;
var<workgroup> v_rows: array<f32, ${own * headDim}>;
var<workgroup> q_rows: array<f32, ${other * headDim}>;
var<workgroup> o_rows: array<f32, ${other * headDim}>;
var<workgroup> weights: array<f32, ${own * other}>;
var<workgroup> slopes: array<f32, ${own * other}>;
---
if (group >= p.batch * p.nKvHead * p.blocks) { return; }
let s0 = group % p.blocks * ${own}u;
let kv = group / p.blocks % p.nKvHead;
let b = group / p.blocks / p.nKvHead;
let count = count_of(b);
let k_at = (p.nHead + kv) * ${D};
let v_at = k_at + p.nKvHead * ${D};
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
let s = s0 + r;
for (var e = lane; e < ${own * headDim}u; e += ${lanes}u) {
  let row = s0 + e / ${D};
  var key = 0.0;
  var value = 0.0;
  if (row < p.length) {
    let source = (b * p.length + row) * p.width + e % ${D};
    key = $qkv[source + k_at];
    value = $qkv[source + v_at];
  }
  k_rows[e] = key;
  v_rows[e] = value;
}
var d_keys: array<f32, ${columnsOf(headDim)}>;
var d_values: array<f32, ${columnsOf(headDim)}>;
for (var h = kv * p.share; h < (kv + 1u) * p.share; h++) {
  for (var t0 = s0; t0 < count; t0 += ${other}u) {
    workgroupBarrier();
    for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
      let t = t0 + e / ${D};
      var query = 0.0;
      var gradient = 0.0;
      if (t < count) {
        query = $qkv[(b * p.length + t) * p.width + h * ${D} + e % ${D}];
        gradient = $dOut[((b * p.length + t) * p.nHead + h) * ${D} + e % ${D}];
      }
      q_rows[e] = query;
      o_rows[e] = gradient;
    }
    workgroupBarrier();
    for (var j = part; j < ${other}u; j += ${SHARE}u) {
      let t = t0 + j;
${differentiate(
  "t",
  "s",
  `r * ${other}u + j`,
  `var dot = 0.0;
      var product = 0.0;
      for (var d = 0u; d < ${D}; d++) {
        dot += q_rows[j * ${D} + d] * k_rows[r * ${D} + d];
        product += o_rows[j * ${D} + d] * v_rows[r * ${D} + d];
      }`,
)}
    }
    workgroupBarrier();
    for (var j = 0u; j < ${other}u; j++) {
      let weight = weights[r * ${other}u + j];
      let slope = slopes[r * ${other}u + j];
      for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
        let d = c * ${SHARE}u + part;
        if (d < ${D}) {
          d_values[c] += weight * o_rows[j * ${D} + d];
          d_keys[c] += slope * q_rows[j * ${D} + d];
        }
      }
    }
  }
}
if (s >= p.length) { return; }
for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) {
    let at = (b * p.length + s) * p.width + d;
    ${put(dQkv, "dQkv", "at + k_at", "d_keys[c]")}
    ${put(dQkv, "dQkv", "at + v_at", "d_values[c]")}
  }
}`,
  });
}
