import type { Room } from "./layout.js";

/** Between a picture and the window's end, with its border. */
const END = 8;

/** The room for what an element holds: its width, and what the window has left below its top, unscrolled or where a story has scrolled to it. */
export function windowRoom(scroller: HTMLElement): Room {
  const { top } = scroller.getBoundingClientRect();
  const told = scroller.closest(".tour-part");
  const stands = told
    ? top - told.getBoundingClientRect().top + Number.parseFloat(getComputedStyle(told).scrollMarginTop)
    : top + scrollY;
  // A phone's window changes while its bars go; this stays.
  const { clientHeight } = document.documentElement;
  return { width: scroller.clientWidth, height: clientHeight - stands - END, window: clientHeight };
}
