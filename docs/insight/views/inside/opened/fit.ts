/** The sides that are tried, in px of a row of one cell. */
const [LARGEST, LEAST, NARROW] = [44, 10, 18];
/** Larger ones, where there are few cells. */
const HUGE = [96, 88, 80, 72, 64, 56, 50];

/** Gives the matrices of an opened part as much room as there is, and on a phone as they are wide. */
export function fitCells(root: HTMLElement, place: HTMLElement): void {
  const sizes = [...HUGE, ...Array.from({ length: LARGEST - LEAST + 1 }, (_, i) => LARGEST - i)];
  const tries = (size: number) => {
    root.style.setProperty("--cells", `${size}`);
    return place.scrollWidth <= place.clientWidth;
  };
  const found =
    sizes.find((size) => tries(size) && place.scrollHeight <= place.clientHeight) ??
    sizes.find((size) => size <= NARROW && tries(size));
  tries(found ?? LEAST);
}
