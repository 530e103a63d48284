import { pathToFileURL } from "node:url";
import { ownFile } from "../import-module.js";
import { ownLoader } from "../run/module.js";
import type { WorkerSetup } from "../run/protocol.js";

/** Exit status of a task that stopped at a checkpoint: EX_TEMPFAIL of sysexits.h. */
export const PAUSED = 75;

/** How often a job whose task was killed goes back into the queue by itself. */
const restarts = 3;

/**
 * The script of a job array. Its argument is added to the index in the array, which gives the task's rank. The shell is told
 * before the time is up, and waits for the task to come to a checkpoint.
 */
export function jobScript(setup: WorkerSetup, stage: number): string {
  const { flags, tsx } = ownLoader();
  const node = [
    process.execPath,
    ...flags,
    ...(tsx ? ["--import", tsx.loader] : []),
    ownFile("node/slurm/task"),
    JSON.stringify(setup),
    `${stage}`,
  ];
  return `#!/bin/bash
# Written by @llm/dataset: one task of stage ${stage + 1} of ${pathToFileURL(setup.module)}
${node.map(quote).join(" ")} "$((SLURM_ARRAY_TASK_ID + $1))" &
task=$!
trap 'kill -USR1 $task' USR1
while :; do
  wait $task
  code=$?
  kill -0 $task 2>/dev/null || break
done
if [ $code -eq ${PAUSED} ] || { [ $code -gt 128 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${restarts} ]; }; then
  echo "The task stopped with status $code and goes back into the queue." >&2
  scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
`;
}

function quote(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
