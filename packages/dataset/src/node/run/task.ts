import { type Pipeline, pipeline, type StepStats } from "../../pipeline.js";
import type { SinkState } from "../../sink.js";
import type { SourceFile } from "../../step.js";
import type { LogFolder } from "./log-folder.js";
import { mergeStats } from "./merge-stats.js";
import { type SharePosition, ShareReader } from "./share-reader.js";
import type { TaskContext } from "./stage.js";

/** A task that was asked to stop, and did at a checkpoint. */
export class TaskPausedError extends Error {
  override readonly name = "TaskPausedError";
  constructor(rank: number) {
    super(`Task ${rank} stopped at a checkpoint, and goes on from there when it is run again`);
  }
}

/** A checkpoint that the sink cannot go on from. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
  constructor(path: string, cause: unknown) {
    super(
      `The output cannot go on from ${path} (${cause instanceof Error ? cause.message : cause}): ` +
        `put the output back as it was, or delete that file to begin the task anew`,
      { cause },
    );
  }
}

/** One task of a pipeline. */
export interface PipelineTask {
  readonly rank: number;
  readonly world: number;
  /** Its share of the files; undefined where the source reads none. */
  readonly files: readonly SourceFile[] | undefined;
  readonly checkpointEvery: number;
  readonly log: LogFolder;
}

interface Checkpoint {
  readonly position: SharePosition;
  readonly sink: SinkState | null;
  readonly steps: readonly StepStats[];
}

/** Whether a task that is killed can go on in the middle. */
function canResume({ source, steps }: Pipeline): boolean {
  return Boolean(source.files && source.open) && !steps.some(({ stateful }) => stateful);
}

/**
 * Runs a task piece by piece. The steps are begun anew for each piece and read it to its end, so that whatever they hold back
 * or work on at once has gone to the sink when the checkpoint is made.
 */
export async function runTask(
  p: Pipeline,
  task: PipelineTask,
  { signal, pause, onProgress }: TaskContext,
): Promise<{ steps: readonly StepStats[]; outputs: readonly string[] }> {
  const { rank, world, files, log } = task;
  const resumes = canResume(p);
  const saved = resumes ? ((await log.checkpoint(rank)) as Checkpoint | undefined) : undefined;
  const writer = await p.sink?.open({ rank, world }, saved?.sink ?? undefined).catch((error) => {
    throw saved ? new CheckpointError(log.checkpointPath(rank), error) : error;
  });
  const checkpoints = resumes && (!writer || writer.checkpoint !== undefined);
  const reader = new ShareReader(p.source, files, saved?.position, signal);
  let steps = saved?.steps;
  let kept = 0;
  try {
    while (!reader.finished) {
      const piece = pipeline(
        reader.piece(checkpoints ? task.checkpointEvery : Number.POSITIVE_INFINITY),
        ...p.steps,
      );
      for await (const document of piece.docs({ signal })) {
        await writer?.write(document);
        kept++;
        onProgress?.({ items: reader.documents, kept, bytes: reader.bytes });
      }
      steps = mergeStats(steps ? [steps, piece.stats()] : [piece.stats()]);
      onProgress?.({ items: reader.documents, kept, bytes: reader.bytes });
      if (reader.finished || !checkpoints) continue;
      const checkpoint: Checkpoint = {
        position: reader.position,
        sink: (await writer?.checkpoint?.()) ?? null,
        steps,
      };
      await log.saveCheckpoint(rank, checkpoint);
      if (pause?.aborted) throw new TaskPausedError(rank);
    }
    const outputs = await log.whileClosing(rank, async () => (await writer?.close()) ?? []);
    return { steps: steps ?? [], outputs };
  } catch (error) {
    // What stopped the task is told; what fails while it is being given up is not.
    await Promise.allSettled([writer?.abort(), reader.close()]);
    throw error;
  }
}
