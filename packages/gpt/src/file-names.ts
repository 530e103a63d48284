// How files of a model folder are named.
export const CONFIG = "config.json";
export const WEIGHTS = "model.safetensors";
/** Says which shard each tensor is in. */
export const INDEX = "model.safetensors.index.json";

/** "model-00001-of-00003.safetensors" is shard 1 of 3. */
export function shardName(shard: number, shards: number): string {
  const five = (n: number) => String(n).padStart(5, "0");
  return `model-${five(shard)}-of-${five(shards)}.safetensors`;
}
