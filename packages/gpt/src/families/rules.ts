// Short ways to say where tensors are.
import type { CompleteGptConfig } from "../config.js";
import { attentionWidths } from "../layout.js";
import type { TensorRule } from "./family.js";

/** A tensor that has the same name and layout in the file. */
export const same = (name: string): TensorRule => named(name, name);

/** A weight and its bias, with the same names and layouts in the file. */
export const both = (name: string): TensorRule[] => [same(`${name}.weight`), same(`${name}.bias`)];

/** A tensor under another name, in the same layout. */
export const named = (ours: string, theirs: string): TensorRule => ({
  ours,
  theirs: [{ name: theirs, columns: () => 0 }],
  transposed: false,
});

/** A matrix of torch's Linear and its bias. */
export function linear(ours: string, theirs: string): TensorRule[] {
  return [
    { ...named(`${ours}.weight`, `${theirs}.weight`), transposed: true },
    named(`${ours}.bias`, `${theirs}.bias`),
  ];
}

/** Queries, keys and values, which are one matrix here. */
export function queriesKeysValues(ours: string, theirs: string): TensorRule[] {
  const q = (config: CompleteGptConfig) => attentionWidths(config).q;
  const kv = (config: CompleteGptConfig) => attentionWidths(config).kv;
  const parts = (suffix: string) => [
    { name: `${theirs}.q_proj.${suffix}`, columns: q },
    { name: `${theirs}.k_proj.${suffix}`, columns: kv },
    { name: `${theirs}.v_proj.${suffix}`, columns: kv },
  ];
  return [
    { ours: `${ours}.weight`, theirs: parts("weight"), transposed: true },
    { ours: `${ours}.bias`, theirs: parts("bias"), transposed: false },
  ];
}

/** The two halves of a gated MLP, which are one matrix here. */
export function gateAndUp(ours: string, theirs: string): TensorRule[] {
  const columns = ({ mlp }: CompleteGptConfig) => mlp.width;
  const parts = (suffix: string) => [
    { name: `${theirs}.gate_proj.${suffix}`, columns },
    { name: `${theirs}.up_proj.${suffix}`, columns },
  ];
  return [
    { ours: `${ours}.weight`, theirs: parts("weight"), transposed: true },
    { ours: `${ours}.bias`, theirs: parts("bias"), transposed: false },
  ];
}
