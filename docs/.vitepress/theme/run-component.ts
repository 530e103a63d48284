import { defineComponent, h, nextTick, onBeforeUnmount, ref, shallowRef } from "vue";
import type { Editor } from "./playground/editor.js";
import { type RunState, readExample, useRun, type Verdict } from "./run.js";

const verdicts: Record<Verdict, string> = {
  equal: "✓ Printed what the file says it prints",
  different: "✗ Printed something else than the file's Output comment",
  ended: "✓ Ran to its end",
  failed: "✗ Ended in an error",
  stopped: "■ Stopped",
};

function status(state: RunState): string {
  if (state.running) return "Running…";
  return state.verdict ? `${verdicts[state.verdict]} (${state.seconds?.toFixed(2)} s)` : "";
}

/**
 * `<Run example="bpe/train" />` behind the code of packages/bpe/examples/train.ts: buttons that run it and open it for
 * editing, and what it prints. `download` is the size that a run fetches, where it is above 200 kB.
 */
export const Run = defineComponent({
  name: "Run",
  props: { example: { type: String, required: true }, download: { type: String } },
  setup({ example, download }, { slots }) {
    const { state, start, stop, clear } = useRun(example);
    const place = ref<Element>();
    const editor = shallowRef<Editor>();
    const opening = ref(false);
    let original = "";

    const run = () => {
      const text = editor.value?.text();
      // Unchanged, it still is the example that promises its output.
      start(text === original ? undefined : text);
    };

    async function edit() {
      if (opening.value) return;
      opening.value = true;
      const [{ openEditor }, { code }] = await Promise.all([
        import("./playground/editor.js"),
        readExample(example),
      ]);
      original = code;
      const label = `Code of ${example}, to be edited. Control-Enter runs it.`;
      editor.value = openEditor(place.value!, code, label, run);
      await nextTick();
      editor.value.focus();
    }

    function reset() {
      clear();
      editor.value?.write(original);
    }

    onBeforeUnmount(() => editor.value?.close());
    return () =>
      h(
        "section",
        {
          class: "run",
          "data-example": example,
          "data-verdict": state.verdict,
          "aria-label": `Example ${example}`,
        },
        [
          h("div", { class: "run-code", hidden: Boolean(editor.value) }, slots["default"]?.()),
          h("div", { class: "run-editor", ref: place, hidden: !editor.value }),
          h("div", { class: "run-bar" }, [
            // One button for both, so that the focus stays where it is.
            h(
              "button",
              { type: "button", class: "run-start", onClick: () => (state.running ? stop() : run()) },
              state.running ? "■ Stop" : download && !state.verdict ? `▶ Run (loads ${download})` : "▶ Run",
            ),
            h(
              "button",
              { type: "button", class: "run-edit", onClick: () => (editor.value ? reset() : edit()) },
              editor.value ? "Reset" : "Edit",
            ),
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
