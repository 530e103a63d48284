export type Rgb = readonly [red: number, green: number, blue: number];

/** From nothing to most: dark blue over green to yellow, of evenly rising lightness. */
const RISING: readonly Rgb[] = [
  [30, 32, 80],
  [44, 88, 130],
  [40, 140, 130],
  [110, 190, 90],
  [250, 230, 90],
];

/** From negative over nothing to positive. */
const SIGNED: readonly Rgb[] = [
  [20, 80, 170],
  [130, 175, 225],
  [245, 245, 245],
  [235, 160, 110],
  [170, 60, 20],
];

/** The colour of a share from 0 to 1; what is no number is grey. */
export function rising(share: number): Rgb {
  return between(RISING, share);
}

/** The colour of a value from -1 to 1. */
export function signed(value: number): Rgb {
  return between(SIGNED, (value + 1) / 2);
}

function between(colours: readonly Rgb[], share: number): Rgb {
  if (!Number.isFinite(share)) return [128, 128, 128];
  const at = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const first = Math.min(colours.length - 2, Math.floor(at));
  const part = at - first;
  const mixed = colours[first]!.map((low, i) => Math.round(low + part * (colours[first + 1]![i]! - low)));
  return mixed as unknown as Rgb;
}
