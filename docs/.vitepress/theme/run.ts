import { onBeforeUnmount, reactive } from "vue";
import type { Message } from "./worker.js";

interface Line {
  text: string;
  level: "log" | "error";
}
export type Verdict = "equal" | "different" | "failed" | "stopped";
export interface RunState {
  running: boolean;
  lines: Line[];
  verdict?: Verdict;
  seconds?: number;
}

const sources = import.meta.glob<string>("../../../packages/*/examples/*.ts", {
  query: "?raw",
  import: "default",
});

/** `bpe/train` is packages/bpe/examples/train.ts. */
function fileOf(example: string): string {
  const [name, file] = example.split("/");
  return `../../../packages/${name}/examples/${file}.ts`;
}

/** The lines of the `// Output:` comment that an example ends in. */
function expectedOutput(source: string): string[] {
  const marker = source.lastIndexOf("// Output:\n");
  if (marker < 0) return [];
  return source
    .slice(marker)
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.replace(/^\/\/ ?/, ""));
}

/** Starts an example in a fresh worker, so that a run owes nothing to the one before and can always be stopped. */
export function useRun(example: string) {
  const state = reactive<RunState>({ running: false, lines: [] });
  let worker: Worker | undefined;
  let started = 0;

  function finish(verdict: Verdict) {
    worker?.terminate();
    worker = undefined;
    state.running = false;
    state.verdict = verdict;
    state.seconds = (performance.now() - started) / 1000;
  }

  function fail(message: string) {
    state.lines.push(...message.split("\n").map((text) => ({ text, level: "error" as const })));
    finish("failed");
  }

  async function judge() {
    const judged = worker;
    const expected = expectedOutput((await sources[fileOf(example)]?.()) ?? "");
    const printed = state.lines.filter((line) => line.level === "log").map((line) => line.text.trimEnd());
    // Stopped, or even started anew, while the source was on its way.
    if (worker !== judged) return;
    finish(expected.join("\n") === printed.join("\n") ? "equal" : "different");
  }

  function start() {
    state.running = true;
    state.lines = [];
    state.verdict = undefined;
    started = performance.now();
    worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type === "print") state.lines.push(...data.lines.map((text) => ({ text, level: data.level })));
      else if (data.type === "error") fail(data.message);
      else void judge();
    };
    worker.onerror = (event) => fail(event.message || "The worker could not be loaded.");
    worker.postMessage(fileOf(example));
  }

  onBeforeUnmount(() => worker?.terminate());
  return { state, toggle: () => (state.running ? finish("stopped") : start()) };
}
