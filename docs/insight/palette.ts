export type Rgb = readonly [red: number, green: number, blue: number];

const NO_NUMBER: Rgb = [128, 128, 128];

/** From nothing to most: dark blue over green to yellow, of evenly rising lightness. */
const RISING: readonly Rgb[] = [
  [30, 32, 80],
  [44, 88, 130],
  [40, 140, 130],
  [110, 190, 90],
  [250, 230, 90],
];

/** Less than nothing is blue, more is orange, nothing is almost white. */
const NEGATIVE: Rgb = [24, 78, 160];
const NOTHING: Rgb = [246, 246, 242];
const POSITIVE: Rgb = [186, 70, 10];

/** The colour of a number from -1 to 1; what is no number is grey. */
export function diverging(share: number): Rgb {
  if (!Number.isFinite(share)) return NO_NUMBER;
  const part = Math.min(1, Math.abs(share));
  const end = share < 0 ? NEGATIVE : POSITIVE;
  return NOTHING.map((low, i) => Math.round(low + part * (end[i]! - low))) as unknown as Rgb;
}

/** The colour of a share from 0 to 1; what is no number is grey. */
export function rising(share: number): Rgb {
  if (!Number.isFinite(share)) return NO_NUMBER;
  const at = Math.max(0, Math.min(1, share)) * (RISING.length - 1);
  const first = Math.min(RISING.length - 2, Math.floor(at));
  const part = at - first;
  const mixed = RISING[first]!.map((low, i) => Math.round(low + part * (RISING[first + 1]![i]! - low)));
  return mixed as unknown as Rgb;
}
