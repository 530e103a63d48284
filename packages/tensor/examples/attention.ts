// Causal attention, and the same result one token at a time through a key-value cache, as in generation.

import { cachedAttention, randomNormal, selfAttention, slice, useEngine, zeros } from "@llm/tensor";

await useEngine("auto");

const [B, T, H, D] = [1, 6, 2, 4];
const qkv = randomNormal([B, T, 3 * H * D], { seed: 1 }); // (B, T, q|k|v)
const whole = await selfAttention(qkv, { nHead: H }).data(); // (B, T, H * D)

const cache = { k: zeros([B, T, H * D]), v: zeros([B, T, H * D]) };
let largest = 0;
for (let t = 0; t < T; t++) {
  const one = await cachedAttention(slice(qkv, 1, t, t + 1), cache, t, { nHead: H }).data();
  one.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - whole[t * H * D + i]!));
  });
}
console.log(`equal to 1e-6: ${largest < 1e-6}`);

// Output:
// equal to 1e-6: true
