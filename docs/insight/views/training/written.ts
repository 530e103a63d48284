import { element } from "../../element.js";
import { type Run, samplesOf } from "./run.js";

/** What the model writes, step by step: the last of it, until the reader looks at another. */
export function written(): {
  readonly roots: readonly HTMLElement[];
  draw(run: Run | undefined, prompt: string): void;
  /** The next one that is drawn is the last again. */
  goToLast(): void;
} {
  const at = element("input", {
    type: "range",
    attributes: { min: "0", max: "0", "aria-label": "After which step" },
  });
  const words = element("p");
  const text = element("pre", { className: "training-sample", tabIndex: 0 });
  let shown: { readonly run: Run | undefined; readonly prompt: string } | undefined;
  let isFollowing = true;

  function render(): void {
    if (!shown) return;
    const samples = shown.run ? samplesOf(shown.run) : [];
    at.max = `${Math.max(0, samples.length - 1)}`;
    at.disabled = samples.length < 2;
    if (isFollowing) at.value = at.max;
    const sample = samples[Number(at.value)];
    words.textContent = sample
      ? `After step ${sample.step}, a loss of ${sample.loss.toFixed(2)} nats`
      : "Nothing yet: start a run.";
    text.textContent = sample ? `${shown.prompt}${sample.sample}` : "";
    text.hidden = !sample;
  }
  at.addEventListener("input", () => {
    isFollowing = at.value === at.max;
    render();
  });
  return {
    roots: [at, words, text],
    draw(run, prompt) {
      shown = { run, prompt };
      render();
    },
    goToLast() {
      isFollowing = true;
    },
  };
}
