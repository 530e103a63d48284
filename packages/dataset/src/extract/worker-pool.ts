import { PageWorker } from "./page-worker.js";

/** Milliseconds after which workers that nobody wants are ended. */
const REST = 10_000;

const resting: PageWorker[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Workers for a run: those of an earlier one, whose code is compiled and warm, or new ones. */
export async function borrowWorkers(count: number): Promise<readonly PageWorker[]> {
  const { WORKER } = await import("./worker.generated.js");
  const workers = resting.splice(0, count);
  while (workers.length < count) workers.push(new PageWorker(WORKER));
  return workers;
}

/** Takes workers back after a run. Those that are still at a page are ended. */
export function returnWorkers(workers: readonly PageWorker[]): void {
  for (const worker of workers) {
    if (worker.isIdle) resting.push(worker);
    else worker.stop();
  }
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const worker of resting.splice(0)) worker.stop();
  }, REST);
  // A program does not wait for this.
  (timer as { unref?: () => void }).unref?.();
}
