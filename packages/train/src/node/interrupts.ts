import process from "node:process";

/** What stops a run from outside. */
export interface Interrupts {
  /** Aborted by the first SIGINT (Ctrl-C) or SIGTERM, for `train` to save and end. */
  readonly signal: AbortSignal;
  /** Stops listening: from then on these end the process at once, as they do by default. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Listens for Ctrl-C and for the SIGTERM that job schedulers send before they kill. The first one aborts `signal`; the
 * second one ends the process at once.
 */
export function interrupts(): Interrupts {
  const controller = new AbortController();
  const release = () => {
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  const interrupt = (name: NodeJS.Signals) => {
    release();
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return { signal: controller.signal, release };
}
