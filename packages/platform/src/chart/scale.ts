/** Where values lie on an axis, as a share of its length, and the values to write beside it. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** An axis from a round number to a round number around a range. */
export function linearScale(low: number, high: number, count: number): Scale {
  const marks = ticks(low, high, count);
  const [first, last] = [marks[0]!, marks.at(-1)!];
  return { at: (value) => (value - first) / (last - first), ticks: marks };
}

/** A logarithmic axis from 0 to `high`: equal ratios of 1 + value are equally far apart, so that step 0 has its place. */
export function logScale(high: number): Scale {
  const powers = Array.from({ length: Math.floor(Math.log10(Math.max(1, high))) + 1 }, (_, i) => 10 ** i);
  return { at: (value) => Math.log1p(value) / Math.log1p(high || 1), ticks: [0, ...powers] };
}

/** About `count` round numbers that enclose a range. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = power * ([1, 2, 5].find((factor) => span / (factor * power) <= count) ?? 10);
  const [first, last] = [
    Math.floor(low / step + 1e-9),
    Math.max(Math.ceil(high / step - 1e-9), Math.floor(low / step) + 1),
  ];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
