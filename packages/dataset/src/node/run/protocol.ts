import type { Outline, Plan } from "./executor.js";
import type { StageOptions, TaskProgress } from "./stage.js";

/** What a worker thread is started with. */
export interface WorkerSetup extends StageOptions {
  readonly module: string;
  readonly logDir: string;
}

/** What a worker thread is asked, one request at a time. */
export type Request =
  | { readonly kind: "outline" }
  | { readonly kind: "plan"; readonly stage: number }
  | { readonly kind: "run"; readonly stage: number; readonly rank: number }
  | { readonly kind: "abort" };

/** What it answers: progress while a task runs, and then one of the others. */
export type Reply =
  | { readonly kind: "progress"; readonly progress: TaskProgress }
  | { readonly kind: "done"; readonly value: readonly Outline[] | Plan | undefined }
  | { readonly kind: "failed"; readonly error: TransferredError };

/** An error's fields: a thread's message does not keep its class. */
export interface TransferredError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

export function transferError(error: unknown): TransferredError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}

export function receiveError({ name, message, stack }: TransferredError): Error {
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: name });
  if (stack !== undefined) error.stack = stack;
  return error;
}
