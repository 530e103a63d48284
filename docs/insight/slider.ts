import { element } from "./element.js";

/** A number to slide, with its name and value beside it, as it is said, and below it what it does. */
export function slider<N extends string>(
  name: N,
  min: number,
  max: number,
  step: number,
  changed: (value: number) => void,
  does?: string,
  /** At this value it does nothing. */
  off?: number,
): { name: N; root: HTMLElement; show(value: number): void } {
  const input = element("input", {
    type: "range",
    // The label's own control would be what shows the value.
    attributes: {
      min: `${min}`,
      max: `${max}`,
      step: `${step}`,
      "aria-label": name,
      ...(does !== undefined && { "aria-description": does }),
    },
  });
  const value = element("output");
  const write = (now: number) => {
    value.value = now === off ? "off" : `${now}`;
    if (now === off) input.setAttribute("aria-valuetext", `${now}, off`);
    else input.removeAttribute("aria-valuetext");
  };
  input.addEventListener("input", () => {
    write(Number(input.value));
    changed(Number(input.value));
  });
  return {
    name,
    root: element("label", {}, name, value, input, does !== undefined && element("small", {}, does)),
    show(now) {
      input.value = `${now}`;
      write(now);
    },
  };
}
