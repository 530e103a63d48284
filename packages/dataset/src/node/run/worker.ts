import { parentPort, workerData } from "node:worker_threads";
import { StageList } from "./executor.js";
import { loadModule } from "./module.js";
import { type Reply, type Request, transferError, type WorkerSetup } from "./protocol.js";
import type { TaskProgress } from "./stage.js";

const progressEveryMs = 200;
const setup = workerData as WorkerSetup;
let loaded: Promise<StageList> | undefined;
let abort = new AbortController();

async function answer(request: Exclude<Request, { kind: "abort" }>) {
  loaded ??= load();
  const list = await loaded;
  if (request.kind === "outline") return list.outline;
  if (request.kind === "plan") return list.plan(request.stage, abort.signal);
  let told = 0;
  let latest: TaskProgress | undefined;
  const stage = await list.planned(request.stage);
  await stage.run(request.rank, {
    signal: abort.signal,
    onProgress(progress) {
      latest = progress;
      if (Date.now() - told < progressEveryMs) return;
      told = Date.now();
      send({ kind: "progress", progress });
    },
  });
  if (latest) send({ kind: "progress", progress: latest });
  return undefined;
}

async function load(): Promise<StageList> {
  const { stages, many, sha256 } = await loadModule(setup.module);
  return new StageList(stages, many, { ...setup, module: sha256 });
}

function send(reply: Reply): void {
  parentPort!.postMessage(reply);
}

parentPort!.on("message", (request: Request) => {
  if (request.kind === "abort") {
    abort.abort();
    return;
  }
  abort = new AbortController();
  answer(request).then(
    (value) => send({ kind: "done", value }),
    (error) => send({ kind: "failed", error: transferError(error) }),
  );
});
