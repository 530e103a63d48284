import type { Plan } from "./executor.js";
import type { TaskProgress } from "./stage.js";

/** How far a stage came. */
export interface RunProgress {
  readonly stage: string;
  readonly tasks: number;
  /** Tasks that are complete, also from earlier runs. */
  readonly complete: number;
  /** Documents that came from the source in this run. */
  readonly documents: number;
  /** Documents of those that were kept. */
  readonly kept: number;
  /** Of text that came from the source in this run, in UTF-8. */
  readonly bytes: number;
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
  #total = { documents: 0, kept: 0, bytes: 0 };

  constructor(plan: Plan, tell: (progress: RunProgress) => void) {
    this.#plan = plan;
    this.#tell = tell;
  }

  /** Takes the progress of one task. */
  of(rank: number): (progress: TaskProgress) => void {
    return (progress) => {
      const before = this.#tasks.get(rank);
      const total = this.#total;
      // An attempt that goes on after a crash counts from zero.
      const last = before && before.documents <= progress.documents ? before : undefined;
      total.documents += progress.documents - (last?.documents ?? 0);
      total.kept += progress.kept - (last?.kept ?? 0);
      total.bytes += progress.bytes - (last?.bytes ?? 0);
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
      ...this.#total,
      stage: name,
      tasks,
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
  const { stage, tasks, complete, documents, kept, bytes, seconds, secondsLeft } = progress;
  const parts = [
    `${stage} ${complete}/${tasks} tasks`,
    `${Math.round(documents / seconds)} docs/s`,
    `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`,
    `${documents > 0 ? Math.round((100 * kept) / documents) : 0}% kept`,
  ];
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
