import { element } from "../../element.js";

/** A frame that says whether what it scrolls goes on to the right: a phone draws no scrollbar. */
export function moreRight(scroller: HTMLElement): { root: HTMLElement; look(): void } {
  const root = element("div", { className: "more-right" }, scroller);
  const look = () => {
    const { scrollLeft, clientWidth, scrollWidth } = scroller;
    root.classList.toggle("more", scrollLeft + clientWidth < scrollWidth - 1);
  };
  scroller.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(scroller);
  return { root, look };
}
