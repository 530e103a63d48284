/** The Mersenne prime 2^61 - 1, which hashes are reduced by. */
const mersenne61 = (1n << 61n) - 1n;

/** Factors and summands of the hash functions `x -> (a x + b mod 2^64) mod (2^61 - 1)`. */
export interface Permutations {
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
}

/**
 * The parameters that numpy's `RandomState(seed)` draws: for each a 64-bit word of the Mersenne Twister, high half first,
 * masked to 61 bits and drawn again where it is out of range.
 */
export function permutations(count: number, seed: number): Permutations {
  const next32 = mersenneTwister(seed);
  const draw = (low: bigint, count64: bigint): bigint => {
    for (;;) {
      const value = ((BigInt(next32()) << 32n) | BigInt(next32())) & mersenne61;
      if (value < count64) return low + value;
    }
  };
  const a = Array.from({ length: count }, () => draw(1n, mersenne61 - 1n));
  const b = Array.from({ length: count }, () => draw(0n, mersenne61));
  return { a, b };
}

/** MT19937 (Matsumoto and Nishimura 1998), 32 bits at a time. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let at = 624;
  return () => {
    if (at === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
        state[i] = state[(i + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}
