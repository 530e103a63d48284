export const NO_SIMD = "This browser has no SIMD for WebAssembly";

/** Whether tokens can be made here: a function that makes a vector of bytes. */
export function hasSimd(): boolean {
  return WebAssembly.validate(
    Uint8Array.of(
      0,
      97,
      115,
      109,
      1,
      0,
      0,
      0,
      1,
      5,
      1,
      96,
      0,
      1,
      123,
      3,
      2,
      1,
      0,
      10,
      8,
      1,
      6,
      0,
      65,
      0,
      253,
      15,
      11,
    ),
  );
}
