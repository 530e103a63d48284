import { type AnyWorker, hasWorkers, startWorker } from "@llm/platform/worker";
import { WorkerError } from "../errors.js";
import { MissingByteError } from "../missing-byte.js";
import type { Answer, Done, Job, Request, Start } from "./messages.js";
import { WORKER } from "./worker.generated.js";

/** Jobs that a worker has at a time: enough to go on with while this thread's garbage is collected. */
const AHEAD = 8;

interface Pending {
  resolve(answer: Done): void;
  reject(reason: Error): void;
}

interface Member {
  worker: AnyWorker<Request>;
  /** In the order they were posted, which is the order of the answers. */
  jobs: Pending[];
}

/** Workers that stay. A program can end while they are idle. */
export class WorkerPool {
  readonly size: number;
  readonly #members: Member[] = [];
  readonly #waiting: (() => void)[] = [];
  #fault: WorkerError | undefined;

  /** @throws WorkerError where there are no workers */
  constructor(size: number, first?: Start) {
    this.size = size;
    if (!hasWorkers()) throw new WorkerError("There are no workers here. Leave the option `workers` out.");
    for (let i = 0; i < size; i++) {
      const jobs: Pending[] = [];
      const worker = startWorker<Request, Answer>(WORKER, {
        onAnswer: (answer) => this.#settle(i, answer),
        onFault: (reason) => this.#fail(reason),
      });
      this.#members.push({ worker, jobs });
      if (first) worker.post(first);
    }
  }

  /** Whether it has stopped, for whatever reason. */
  get stopped(): boolean {
    return this.#fault !== undefined;
  }

  /** Waits until a worker has room, then gives it the job; the inner promise is its answer. */
  async submit<J extends Job>(request: J): Promise<{ answer: Promise<Done<J>> }> {
    for (;;) {
      if (this.#fault) throw this.#fault;
      const member = this.#members.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a));
      if (member.jobs.length < AHEAD) {
        const answer = new Promise<Done>((resolve, reject) => {
          member.jobs.push({ resolve, reject });
        });
        if (member.jobs.length === 1) member.worker.keepAlive(true);
        member.worker.post(request, buffersOf(request));
        return { answer: answer as Promise<Done<J>> };
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the workers. Jobs that were not done are rejected. */
  stop(): void {
    this.#fail("it was stopped");
  }

  #settle(index: number, answer: Answer): void {
    const { worker, jobs } = this.#members[index]!;
    const job = jobs.shift();
    if (jobs.length === 0) worker.keepAlive(false);
    if ("error" in answer) job?.reject(new WorkerError(`A worker failed: ${answer.error}`));
    else if ("missingByte" in answer) job?.reject(new MissingByteError(answer.missingByte));
    else job?.resolve(answer);
    this.#waiting.shift()?.();
  }

  #fail(reason: string): void {
    if (this.#fault) return;
    this.#fault = new WorkerError(`A worker cannot go on: ${reason}.`);
    for (const { worker, jobs } of this.#members) {
      for (const job of jobs.splice(0)) job.reject(this.#fault);
      worker.stop();
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The buffers of a job, which it gives away. */
function buffersOf(job: Job): ArrayBuffer[] {
  return Object.values(job).flatMap((value) =>
    ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [],
  );
}
