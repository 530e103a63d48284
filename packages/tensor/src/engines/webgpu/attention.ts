// Attention by blocks: a workgroup has a block of queries of one head and goes over the keys in blocks, with a running maximum and
// sum (Dao et al., FlashAttention, 2022), so that the T x T weights never exist. Four invocations share a row of the block.
import type { AttentionArgs } from "../../kernel-arguments.js";
import { firstKeysOf, placesOf } from "../reference/batch-places.js";
import { blocksFor, columnsOf, dropoutOf, FIRST_KEY, SHARE } from "./attention-blocks.js";
import type { Device } from "./device.js";
import { CAPPED } from "./wgsl.js";

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
