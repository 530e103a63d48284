/**
 * What code for whole vectors leaves of `length` floats at `x`: `run` works on a vector that begins with them, and they go to
 * `out`. So these few have the same bits as all others.
 */
export function lastLanes(
  memory: WebAssembly.Memory,
  lanes: number,
  x: number,
  out: number,
  length: number,
  run: (values: Float32Array) => void,
): void {
  const count = length % lanes;
  if (count === 0) return;
  const done = 4 * (length - count);
  const values = new Float32Array(lanes);
  values.set(new Float32Array(memory.buffer, x + done, count));
  run(values);
  new Float32Array(memory.buffer, out + done, count).set(values.subarray(0, count));
}
