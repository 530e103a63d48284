import { argv, exit } from "node:process";
import { StageList } from "../run/executor.js";
import { loadModule } from "../run/module.js";
import type { WorkerSetup } from "../run/protocol.js";
import { TaskPausedError } from "../run/task.js";
import { SlurmError } from "./commands.js";
import { PAUSED } from "./script.js";

const setup: WorkerSetup = JSON.parse(argv[2]!);
const [stage, rank] = argv.slice(3).map(Number) as [number, number];

const pause = new AbortController();
process.on("SIGUSR1", () => pause.abort());

try {
  const { stages, many, sha256 } = await loadModule(setup.module);
  const list = new StageList(stages, many, { ...setup, module: sha256 });
  await requireComplete(list, stage - 1);
  const { log, tasks, run } = await list.planned(stage);
  if ((await log.pending(tasks)).includes(rank)) await run(rank, { pause: pause.signal });
  exit(0);
} catch (error) {
  console.error(error);
  exit(error instanceof TaskPausedError ? PAUSED : 1);
}

/** With `afterany`, or by hand, a stage could be begun too early, and would freeze a list of files that is not whole. */
async function requireComplete(list: StageList, before: number): Promise<void> {
  if (before < 0) return;
  const { log, name, tasks } = await list.planned(before);
  const left = await log.pending(tasks);
  if (left.length > 0)
    throw new SlurmError(
      `Stage ${name} is not complete: ${left.length} of its ${tasks} tasks are left. Submit the module again to run them first.`,
    );
}
