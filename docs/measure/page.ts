import { element } from "../insight/element.js";
import style from "../insight/insight.css?inline";
import { asTable } from "../insight/table.js";
import type { Measured } from "./measure.js";
import type { Told } from "./worker.js";

/** A button that measures the reader's GPU, and a table of what was found. @returns what ends it */
export function openMeasuring(place: HTMLElement): () => void {
  let worker: Worker | undefined;
  let device = "";
  let found: Measured[] = [];
  const button = element("button", { type: "button" }, "Measure");
  const words = element("p", { attributes: { role: "status" } });
  const table = asTable(() => ({
    caption: device || "Nothing is measured yet",
    head: ["what", "rate", "unit", "on"],
    rows: found.map(({ what, rate, unit }) => [what, rate, unit, device]),
  }));
  table.root.setAttribute("open", "");
  place.replaceChildren(element("style", {}, style), button, words, table.root);

  function stop(): void {
    worker?.terminate();
    worker = undefined;
    button.textContent = "Measure";
  }
  function start(): void {
    found = [];
    device = "";
    button.textContent = "Stop";
    words.textContent = "Asking for a GPU …";
    worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Told>) => tell(data);
    worker.onerror = ({ message }) => tell({ error: message || "The worker cannot be loaded." });
    worker.postMessage("measure");
    table.refresh();
  }
  function tell(told: Told): void {
    if ("device" in told) {
      device = told.device;
      words.textContent = told.isSoftware
        ? `${device}: no graphics card but software. Small products and a tiny model show that it works: no figure says anything.`
        : `${device}: measuring …`;
    } else if ("measured" in told) {
      found.push(told.measured);
    } else {
      if ("error" in told) words.textContent = told.error;
      place.dataset["done"] = "";
      stop();
    }
    table.refresh();
  }
  button.addEventListener("click", () => {
    if (!worker) return start();
    stop();
    words.textContent = `${device} Stopped.`;
  });
  return stop;
}
