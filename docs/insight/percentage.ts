/** A share in words, such as "12.5%"; of a very small one its power of ten. */
export function percentage(share: number, digits = 1): string {
  return share > 0 && share < 0.001
    ? `${(100 * share).toExponential(0)}%`
    : `${(100 * share).toFixed(digits)}%`;
}
