/** The sides that are tried, in px of a row of one cell. */
const [LARGEST, LEAST, PLAIN] = [44, 10, 18];
/** Larger ones, where there are few cells. */
const HUGE = [96, 88, 80, 72, 64, 56, 50];

/** How much longer than their cells sides may be. */
const STRETCHED = [4, 3.2, 2.6, 2.2, 1.8, 1.5, 1.25, 1];
/** How much larger squares of two tokens each may be. */
const SQUARES = Array.from({ length: 41 }, (_, i) => 3 - 0.05 * i);

/** What is less wide or high has no room for a whole chain: the page scrolls along it. */
const [ROOM_WIDE, ROOM_HIGH] = [600, 250];
/** Where the page scrolls, how large a square's cell is at most, and which share of the window a square takes. */
const [LARGEST_CELL, OF_WINDOW] = [26, 0.55];
/** How much longer than their cells sides are there at most. */
const MOST_GROWN = 2.2;

/** In how many lines the matrices stand. */
function linesOf(place: HTMLElement): number {
  const all = [...place.querySelectorAll<HTMLElement>(".opened-stack:not(.opened-next)")];
  return all.filter((each, at) => at > 0 && each.offsetLeft <= all[at - 1]!.offsetLeft).length;
}

/**
 * Gives the matrices of an opened part as much room as there is. Where that is too little, as on a phone, they are as wide as it,
 * and the part grows with them, so that the page alone scrolls.
 */
export function fitCells(root: HTMLElement, place: HTMLElement): void {
  const sizes = [...HUGE, ...Array.from({ length: LARGEST - LEAST + 1 }, (_, i) => LARGEST - i)];
  root.classList.remove("grown");
  const set = (way: string, by: number) => root.style.setProperty(way, `${by}`);
  for (const way of ["--square", "--tall", "--wide"]) set(way, 1);
  const isIn = () => place.scrollWidth <= place.clientWidth;
  const tries = (size: number) => {
    set("--cells", size);
    return isIn();
  };
  const hasRoom = place.clientWidth >= ROOM_WIDE && place.clientHeight >= ROOM_HIGH;
  const found = hasRoom && sizes.find((size) => tries(size) && place.scrollHeight <= place.clientHeight);
  const size = found || (sizes.find((size) => size <= PLAIN && tries(size)) ?? LEAST);
  tries(size);
  root.classList.toggle("grown", !found);

  // Squares first: then low rows get their names, and what is wide the room that is left.
  const high = Math.max(place.scrollHeight, place.clientHeight);
  let lines = found ? linesOf(place) : undefined;
  const isWithin = () =>
    isIn() && (!found || place.scrollHeight <= high) && (lines === undefined || linesOf(place) === lines);
  const square = place.querySelector<HTMLCanvasElement>(".square canvas");
  SQUARES.find((by) => {
    set("--square", by);
    const isFair =
      !square ||
      found ||
      square.clientHeight <= Math.min(square.height * LARGEST_CELL, OF_WINDOW * innerHeight);
    return isFair && isWithin();
  });
  lines = linesOf(place);
  for (const way of ["--tall", "--wide"])
    STRETCHED.find((by) => {
      set(way, by);
      return isWithin() && (found || by <= MOST_GROWN);
    });
}
