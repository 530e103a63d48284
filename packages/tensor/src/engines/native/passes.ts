/**
 * How many of the k numbers of a sum each pass of a product adds up, the last perhaps fewer: passes are about equally deep, and
 * their sums are added in order. Every product does as the packed ones do, so that a row's bits do not depend on the others.
 */
export function passDepth(k: number, most: number): number {
  return Math.ceil(k / Math.ceil(k / most) / 4) * 4;
}
