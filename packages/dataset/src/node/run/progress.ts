import type { Plan } from "./executor.js";
import type { TaskProgress } from "./stage.js";

/** How far a stage came. */
export interface RunProgress {
  readonly stage: string;
  readonly tasks: number;
  /** Tasks that are complete, also from earlier runs. */
  readonly complete: number;
  /** Documents that came from the source in this run, or what the stage counts in. */
  readonly items: number;
  /** Documents of those that were kept; undefined where the stage is no pipeline. */
  readonly kept: number | undefined;
  /** Of text that came from the source in this run, in UTF-8; undefined where the stage is no pipeline. */
  readonly bytes: number | undefined;
  /** Since the stage was begun or gone on with. */
  readonly seconds: number;
  /** Seconds left, by the tasks complete in this run; undefined before the first. */
  readonly secondsLeft: number | undefined;
}

/** Adds up the progress of a stage's tasks. */
export class Tally {
  readonly #plan: Plan;
  readonly #tell: (progress: RunProgress) => void;
  readonly #tasks = new Map<number, TaskProgress>();
  readonly #start = performance.now();
  #complete = 0;
  #items = 0;
  #kept: number | undefined;
  #bytes: number | undefined;

  constructor(plan: Plan, tell: (progress: RunProgress) => void) {
    this.#plan = plan;
    this.#tell = tell;
  }

  /** Takes the progress of one task. */
  of(rank: number): (progress: TaskProgress) => void {
    return (progress) => {
      const before = this.#tasks.get(rank);
      // An attempt that goes on after a crash counts from zero.
      const last = before && before.items <= progress.items ? before : undefined;
      this.#items += progress.items - (last?.items ?? 0);
      if (progress.kept !== undefined) this.#kept = (this.#kept ?? 0) + progress.kept - (last?.kept ?? 0);
      if (progress.bytes !== undefined)
        this.#bytes = (this.#bytes ?? 0) + progress.bytes - (last?.bytes ?? 0);
      this.#tasks.set(rank, progress);
      this.#report();
    };
  }

  complete(): void {
    this.#complete++;
    this.#report();
  }

  #report(): void {
    const { name, tasks, pending } = this.#plan;
    const seconds = (performance.now() - this.#start) / 1000;
    this.#tell({
      stage: name,
      tasks,
      items: this.#items,
      kept: this.#kept,
      bytes: this.#bytes,
      complete: tasks - pending.length + this.#complete,
      seconds,
      secondsLeft:
        this.#complete > 0 ? (seconds / this.#complete) * (pending.length - this.#complete) : undefined,
    });
  }
}

const showEveryMs = 200;

/** A line on stderr that is written over and over; undefined if that is no terminal. */
export function terminalProgress(out: NodeJS.WriteStream = process.stderr) {
  if (!out.isTTY) return undefined;
  let shown = 0;
  return {
    show(progress: RunProgress): void {
      if (Date.now() - shown < showEveryMs && progress.complete < progress.tasks) return;
      shown = Date.now();
      out.write(`\r\u001b[2K${progressLine(progress)}`);
    },
    close(): void {
      if (shown > 0) out.write("\n");
    },
  };
}

function progressLine(progress: RunProgress): string {
  const { stage, tasks, complete, items, kept, bytes, seconds, secondsLeft } = progress;
  const parts = [`${stage} ${complete}/${tasks} tasks`];
  if (items > 0) parts.push(`${Math.round(items / seconds)}${kept === undefined ? "" : " docs"}/s`);
  if (bytes !== undefined) parts.push(`${(bytes / 1e6 / seconds).toFixed(1)} MB/s`);
  if (kept !== undefined && items > 0) parts.push(`${Math.round((100 * kept) / items)}% kept`);
  if (secondsLeft !== undefined && complete < tasks) parts.push(`${duration(secondsLeft)} left`);
  return parts.join(", ");
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const pad = (value: number) => `${Math.floor(value)}`.padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${pad(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}
