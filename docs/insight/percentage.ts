/** A share as "12.5%"; of a very small one its first digit that is not 0. */
export function percentage(share: number, digits = 1): string {
  const of100 = 100 * share;
  return `${share > 0 && share < 0.0005 ? Number(of100.toPrecision(1)) : of100.toFixed(digits)}%`;
}
