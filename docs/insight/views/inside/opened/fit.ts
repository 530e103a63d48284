/** The sides that are tried, in px of a row of one cell. */
const [LARGEST, LEAST, NARROW] = [44, 10, 18];
/** Larger ones, where there are few cells. */
const HUGE = [96, 88, 80, 72, 64, 56, 50];

/** How much longer than their cells sides may be. */
const STRETCHED = [4, 3.2, 2.6, 2.2, 1.8, 1.5, 1.25, 1];

/** In how many lines the matrices stand. */
function linesOf(place: HTMLElement): number {
  const all = [...place.querySelectorAll<HTMLElement>(".opened-stack:not(.opened-next)")];
  return all.filter((each, at) => at > 0 && each.offsetLeft <= all[at - 1]!.offsetLeft).length;
}

/** Gives the matrices of an opened part as much room as there is, and on a phone as they are wide. */
export function fitCells(root: HTMLElement, place: HTMLElement): void {
  const sizes = [...HUGE, ...Array.from({ length: LARGEST - LEAST + 1 }, (_, i) => LARGEST - i)];
  root.style.setProperty("--tall", "1");
  root.style.setProperty("--wide", "1");
  const tries = (size: number) => {
    root.style.setProperty("--cells", `${size}`);
    return place.scrollWidth <= place.clientWidth;
  };
  const found =
    sizes.find((size) => tries(size) && place.scrollHeight <= place.clientHeight) ??
    sizes.find((size) => size <= NARROW && tries(size));
  tries(found ?? LEAST);
  const { scrollWidth, scrollHeight } = place;
  const lines = linesOf(place);
  // Low rows get their names, and what is wide the room that is left.
  for (const way of ["--tall", "--wide"])
    STRETCHED.find((by) => {
      root.style.setProperty(way, `${by}`);
      const isIn = place.scrollWidth <= scrollWidth && place.scrollHeight <= scrollHeight;
      return isIn && linesOf(place) === lines;
    });
}
