// Rotary embedding in a GGUF file: keys for what llama.cpp computes itself, a tensor of factors for the rest.
import type { CompleteGptConfig, CompleteRope, Rope, RopeScaling } from "../../config.js";
import { anglesOf } from "../../rope.js";
import type { TensorFacts } from "./architecture.js";
import type { Metadata, MetadataEntry } from "./metadata.js";

const KEY = "llama.rope";

export function readRope(metadata: Metadata, facts: TensorFacts, headDim: number, blockSize: number): Rope {
  metadata.only(`${KEY}.dimension_count`, headDim); // llama.cpp rotates a head as a whole
  const rotaryDim = headDim;
  const base = metadata.number(`${KEY}.freq_base`, 10_000);
  const scaling = facts.ropeFactors
    ? ofFactors(metadata, { base, rotaryDim, interleaved: false }, facts.ropeFactors, blockSize)
    : readScaling(metadata, blockSize);
  return { base, rotaryDim, ...(scaling && { scaling }) };
}

function readScaling(metadata: Metadata, blockSize: number): RopeScaling | undefined {
  const factor = metadata.number(`${KEY}.scaling.factor`, metadata.number(`${KEY}.scale_linear`, 0));
  const type = metadata.text(`${KEY}.scaling.type`) ?? "linear";
  metadata.only(`${KEY}.scaling.attn_factor`, 1);
  if (type === "none" || factor === 0 || (type === "linear" && factor === 1)) return undefined;
  if (type === "linear") return { type, factor };
  if (type === "yarn") {
    metadata.only(`${KEY}.scaling.yarn_ext_factor`, 1);
    metadata.only(`${KEY}.scaling.yarn_attn_factor`, 1);
    metadata.only(`${KEY}.scaling.yarn_beta_fast`, 32);
    metadata.only(`${KEY}.scaling.yarn_beta_slow`, 1);
    return { type, factor, originalBlockSize: originalOf(metadata, blockSize) };
  }
  return metadata.refuse(`${KEY}.scaling.type`, "none, linear and yarn are computed here");
}

const originalOf = (metadata: Metadata, otherwise: number) =>
  metadata.number(`${KEY}.scaling.original_context_length`, otherwise);

/** Llama 3's scaling where it gives these factors; otherwise the factors themselves. */
function ofFactors(
  metadata: Metadata,
  rope: CompleteRope,
  factors: readonly number[],
  blockSize: number,
): RopeScaling {
  const llama3: RopeScaling = {
    type: "llama3",
    factor: Math.max(...factors),
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalBlockSize: originalOf(metadata, 8192),
  };
  const would = factorsOf({ ...rope, scaling: llama3 }, blockSize);
  if (would.every((factor, i) => Math.abs(factor - factors[i]!) <= 1e-6 * factor)) return llama3;
  return {
    type: "longrope",
    shortFactor: factors,
    longFactor: factors,
    originalBlockSize: blockSize,
    attentionFactor: 1,
  };
}

function factorsOf(rope: CompleteRope, blockSize: number): number[] {
  const { frequencies } = anglesOf(rope, blockSize, blockSize);
  return frequencies.map((frequency, i) => rope.base ** ((-2 * i) / rope.rotaryDim) / frequency);
}

export function writeRope({ rope: [rope], headDim }: CompleteGptConfig): MetadataEntry[] {
  if (!rope) return [];
  const { base, scaling } = rope;
  const entries: MetadataEntry[] = [
    [`${KEY}.dimension_count`, "u32", headDim],
    [`${KEY}.freq_base`, "f32", base],
  ];
  if (!scaling) return entries;
  if (scaling.type === "linear" || scaling.type === "yarn") {
    entries.push([`${KEY}.scaling.type`, "string", scaling.type]);
    entries.push([`${KEY}.scaling.factor`, "f32", scaling.factor]);
  }
  if (scaling.type === "yarn" || scaling.type === "llama3") {
    entries.push([`${KEY}.scaling.original_context_length`, "u32", scaling.originalBlockSize]);
  }
  return entries;
}

/** A scaling with what it leaves open said. */
export function completeScaling(scaling: RopeScaling): RopeScaling {
  if (scaling.type !== "yarn") return scaling;
  const attentionFactor = scaling.factor <= 1 ? 1 : 0.1 * Math.log(scaling.factor) + 1;
  return { betaFast: 32, betaSlow: 1, attentionFactor, truncate: true, ...scaling };
}

/** What frequencies are divided by, for the kinds of scaling that llama.cpp has no words for. */
export function ropeFactors({ rope: [rope], blockSize }: CompleteGptConfig): readonly number[] | null {
  const scaling = rope?.scaling;
  const isEven =
    scaling?.type === "longrope" &&
    scaling.attentionFactor === 1 &&
    scaling.shortFactor.join() === scaling.longFactor.join();
  return rope && (scaling?.type === "llama3" || isEven) ? factorsOf(rope, blockSize) : null;
}
