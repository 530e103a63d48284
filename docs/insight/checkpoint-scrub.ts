import { element } from "./element.js";
import { CHECKPOINTS } from "./models.js";
import { thousands } from "./thousands.js";

type Checkpoint = (typeof CHECKPOINTS)[number]["name"];

/** A slider through one model's training. */
export function checkpointScrub(chosen: (name: Checkpoint, kind: "step" | "drift") => void): {
  root: HTMLElement;
  draw(model: string): void;
  /** Goes so many checkpoints on, where there are any. */
  by(steps: number): void;
} {
  const scrub = element("input", {
    type: "range",
    attributes: { min: "0", max: `${CHECKPOINTS.length - 1}` },
  });
  scrub.addEventListener("input", () => chosen(CHECKPOINTS[Number(scrub.value)]!.name, "drift"));
  const steps = element("span", { attributes: { "aria-hidden": "true" } });
  let at = -1;
  return {
    root: element("label", { className: "insight-scrub" }, "Trained for ", scrub, " ", steps),
    draw(model) {
      at = CHECKPOINTS.findIndex(({ name }) => name === model);
      scrub.disabled = at < 0;
      if (at < 0) return;
      scrub.value = `${at}`;
      const { step } = CHECKPOINTS[at]!;
      steps.textContent = step === 1 ? "1 step" : `${thousands(step)} steps`;
      scrub.setAttribute("aria-valuetext", steps.textContent);
    },
    by(steps) {
      const next = CHECKPOINTS[at + steps];
      if (at >= 0 && next) chosen(next.name, "step");
    },
  };
}
