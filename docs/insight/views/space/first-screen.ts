/** Of a page, what stands above a view at its top takes less of the window than this. */
const MOST = 0.6;

/** Keeps `--above` of a part of a view at what stands above it, so that it can end where the window does. */
export function onFirstScreen(view: HTMLElement, element: HTMLElement, signal: AbortSignal): void {
  const measure = () => {
    const isFilled = document.fullscreenElement?.contains(element);
    const { top } = element.getBoundingClientRect();
    const above = Math.round(top + (isFilled ? document.fullscreenElement!.scrollTop : scrollY));
    // A view in the middle of a page has all of the window.
    if (above < MOST * innerHeight) element.style.setProperty("--above", `${above}px`);
    else element.style.setProperty("--above", "80px");
  };
  // Not within a layout, which it changes.
  let frame = 0;
  const sizes = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(measure);
  });
  sizes.observe(document.body);
  sizes.observe(view);
  addEventListener("resize", measure, { signal });
  document.addEventListener("fullscreenchange", measure, { signal });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    sizes.disconnect();
  });
}
