import { defineComponent, h } from "vue";
import { type RunState, useRun, type Verdict } from "./run.js";

const verdicts: Record<Verdict, string> = {
  equal: "✓ Printed what the file says it prints",
  different: "✗ Printed something else than the file's Output comment",
  failed: "✗ Ended in an error",
  stopped: "■ Stopped",
};

function status(state: RunState): string {
  if (state.running) return "Running…";
  return state.verdict ? `${verdicts[state.verdict]} (${state.seconds?.toFixed(2)} s)` : "";
}

/** `<Run example="bpe/train" />`: a button that runs packages/bpe/examples/train.ts, and what it prints. */
export const Run = defineComponent({
  name: "Run",
  props: { example: { type: String, required: true } },
  setup({ example }) {
    const { state, toggle } = useRun(example);
    return () =>
      h(
        "section",
        {
          class: "run",
          "data-example": example,
          "data-verdict": state.verdict,
          "aria-label": `Run the example ${example}`,
        },
        [
          h("div", { class: "run-bar" }, [
            // One button for both, so that the focus stays where it is.
            h("button", { type: "button", onClick: toggle }, state.running ? "■ Stop" : "▶ Run"),
            h("code", `${example}.ts`),
            h("span", { class: "run-status", role: "status" }, status(state)),
          ]),
          (state.running || state.verdict) &&
            h(
              "pre",
              { class: "run-output", tabindex: 0, role: "log", "aria-label": `Output of ${example}` },
              state.lines.map((line) => h("span", { class: line.level }, `${line.text}\n`)),
            ),
        ],
      );
  },
});
