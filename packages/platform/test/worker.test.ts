import { expect, test } from "vitest";
import { type AnyWorker, startWorker } from "../src/worker.js";

/** A worker that does as it is told. */
const code = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (request) => {
    if (request === "throw") throw new RangeError("broken");
    if (request === "exit") process.exit(3);
    if (request === "fill") for (const all = []; ; ) all.push(new Array(1e5).fill(all.length));
    parentPort.postMessage(request);
  });
`;

/** Waits for the first word of a worker. */
async function hear(
  ask: (worker: AnyWorker<unknown>) => void,
  options: { memory?: number } = {},
): Promise<{ answer?: unknown; fault?: string }> {
  let worker: AnyWorker<unknown> | undefined;
  const heard = await new Promise<{ answer?: unknown; fault?: string }>((resolve) => {
    worker = startWorker(
      code,
      { onAnswer: (answer) => resolve({ answer }), onFault: (fault) => resolve({ fault }) },
      options,
    );
    ask(worker);
  });
  worker?.stop();
  return heard;
}

test("answers what is asked, with buffers that are given away", async () => {
  const bytes = Uint8Array.of(1, 2);
  expect(await hear((worker) => worker.post(bytes, [bytes.buffer]))).toEqual({ answer: Uint8Array.of(1, 2) });
  expect(bytes.length).toBe(0);
});

test.each([
  ["throw", "RangeError: broken"],
  ["exit", "it ended with status 3"],
])("is told of a worker that does %s", async (request, fault) => {
  expect(await hear((worker) => worker.post(request))).toEqual({ fault });
});

test("ends a worker that takes more memory than it may", async () => {
  const { fault } = await hear((worker) => worker.post("fill"), { memory: 16 });
  expect(fault).toContain("memory");
});

test("tells of a fault once, and of nothing after it was stopped", async () => {
  const faults: string[] = [];
  const events = { onAnswer: () => faults.push("answer"), onFault: (reason: string) => faults.push(reason) };
  startWorker(code, events).post("throw");
  const stopped = startWorker(code, events);
  stopped.post("throw");
  stopped.post("hello");
  stopped.stop();
  await hear((worker) => worker.post("exit"));
  await expect.poll(() => faults).toEqual(["RangeError: broken"]);
  await hear((worker) => worker.post("exit"));
  expect(faults).toHaveLength(1);
});
