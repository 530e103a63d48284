import { CLIP, CLIP_EPS } from "../../clip.js";
import type { DeviceBuffer } from "../../device-buffer.js";
import type { AdamwArgs, ClipScaleArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { BY_BITS, each, reductions } from "./wgsl.js";

const LANES = 256;
const LARGEST = 3.4e38;

/** See Engine.clipScale. */
export function clipScale(on: Device, { clip, norms, limit, divisor }: ClipScaleArgs): void {
  on.run({
    key: "clipScale",
    write: { clip },
    ints: { norms, values: on.own(clip).length - CLIP.sums },
    floats: { limit: Math.min(limit, LARGEST), divisor },
    groups: 1,
    size: [LANES, 1],
    code: () => `${reductions(LANES)}
${BY_BITS}
---
var own = 0.0;
var wrong = 0.0;
for (var i = lane; i < p.values; i += LANES) {
  let value = $clip[${CLIP.sums}u + i];
  if (!is_finite(value)) { wrong = 1.0; } else if (i < p.norms) { own += value; }
}
let squares = total(own, lane);
let any = largest(wrong, lane);
if (lane == 0u) {
  let norm = sqrt(squares) / p.divisor;
  let isFinite = any == 0.0 && is_finite(squares) && is_finite(norm);
  var scale = 1.0;
  if (norm + ${CLIP_EPS} > p.limit) { scale = p.limit / (norm + ${CLIP_EPS}); }
  $clip[${CLIP.scale}u] = select(0.0, scale / p.divisor, isFinite);
  $clip[${CLIP.rest}u] = 0.0;
  $clip[${CLIP.rest + 1}u] = 0.0;
  $clip[${CLIP.finite}u] = select(0.0, 1.0, isFinite);
}`,
  });
}

/** See Engine.adamw. */
export function adamw(on: Device, args: AdamwArgs): void {
  const { lr, beta1, beta2, eps, step, gradScale } = args;
  const clip = typeof gradScale === "number" ? null : gradScale;
  for (const { parameter, grad, m, v, weightDecay } of args.tensors) {
    each(on, parameter.length, {
      key: `adamw ${clip ? "c" : ""}`,
      read: { grad, clip },
      write: { parameter, m, v },
      floats: {
        ...{ lr, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, eps },
        correction1: 1 - beta1 ** step,
        correction2: 1 - beta2 ** step,
        keep: 1 - lr * weightDecay,
        scale: clip ? 1 : (gradScale as number),
      },
      code: () => `
${
  clip
    ? `if ($clip[${CLIP.finite}] == 0.0) { return; }
let g = $grad[i] * ($clip[${CLIP.rest + 1}] + $clip[${CLIP.rest}] + $clip[${CLIP.scale}]);`
    : "let g = $grad[i] * p.scale;"
}
let m = p.beta1 * $m[i] + p.rest1 * g;
let v = p.beta2 * $v[i] + p.rest2 * g * g;
$m[i] = m;
$v[i] = v;
let update = m / p.correction1 / (sqrt(v / p.correction2) + p.eps);
$parameter[i] = $parameter[i] * p.keep - p.lr * update;`,
    });
  }
}

/** See Engine.cautiousDecay. */
export function cautiousDecay(
  on: Device,
  { parameter, update, rate }: { parameter: DeviceBuffer; update: DeviceBuffer; rate: number },
): void {
  each(on, parameter.length, {
    key: "cautiousDecay",
    read: { update },
    write: { parameter },
    floats: { keep: 1 - rate },
    code: () => "if ($update[i] * $parameter[i] >= 0.0) { $parameter[i] *= p.keep; }",
  });
}
