import type { Io } from "@llm/platform/command";
import { ProgressLine } from "@llm/platform/terminal";
import type { Document } from "../document.js";
import type { Pipeline, RunOptions } from "../pipeline.js";

/** Runs a pipeline and shows on a terminal how far it is; Ctrl-C stops it. */
export async function* watched(
  { docs }: Pipeline,
  io: Io,
  options: Pick<RunOptions, "statistics"> = {},
): AsyncGenerator<Document> {
  const progress = new ProgressLine(io);
  const started = performance.now();
  let [kept, dropped] = [0, 0];
  const show = () =>
    progress.show(() => {
      const rate = ((kept + dropped) / (performance.now() - started)) * 1000;
      return `${kept} documents kept, ${dropped} dropped, ${rate.toFixed(0)}/s`;
    });
  const onDrop = () => {
    dropped++;
    show();
  };
  try {
    for await (const document of docs({ ...options, signal: io.signal, onDrop })) {
      kept++;
      show();
      yield document;
    }
  } finally {
    progress.clear();
  }
}
