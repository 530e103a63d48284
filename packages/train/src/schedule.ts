/** The learning rate of update number `update`, counting from 0. */
export type Schedule = (update: number) => number;

interface Warmup {
  /** The peak learning rate. */
  lr: number;
  /** Updates over which it rises linearly to the peak. Default 0. */
  warmup?: number;
}

interface Decay extends Warmup {
  /** The learning rate at the end. Default 0. */
  minLr?: number;
  /** Updates until `minLr` is reached; it stays there. */
  steps: number;
}

/** A share of the warmup done: (update + 1) / (warmup + 1), which is above 0 at once, as in nanoGPT. */
function rise(update: number, warmup: number): number {
  return (update + 1) / (warmup + 1);
}

/** How far update is between two others, in [0, 1]. */
function progress(update: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (update - from) / Math.max(1, to - from)));
}

function check(name: string, options: Warmup & Partial<Decay>): void {
  const { lr, minLr = 0, warmup = 0, steps = warmup } = options;
  if (!(lr >= 0 && minLr >= 0 && minLr <= lr)) {
    throw new RangeError(`schedule.${name}: lr ${lr} and minLr ${minLr} must satisfy 0 <= minLr <= lr`);
  }
  if (!(warmup >= 0 && steps >= warmup)) {
    throw new RangeError(`schedule.${name}: steps ${steps} must be at least warmup ${warmup}`);
  }
}

/** Learning rate schedules. Each is a pure function of the update's number, so there is no state to save. */
export const schedule = {
  /** Warmup, then one rate for ever. */
  constant(options: Warmup): Schedule {
    check("constant", options);
    const { lr, warmup = 0 } = options;
    return (update) => (update < warmup ? lr * rise(update, warmup) : lr);
  },

  /** Warmup, then half a cosine down to `minLr` (Loshchilov & Hutter, 2017; GPT-3's and nanoGPT's). */
  cosine(options: Decay): Schedule {
    check("cosine", options);
    const { lr, minLr = 0, warmup = 0, steps } = options;
    return (update) =>
      update < warmup
        ? lr * rise(update, warmup)
        : minLr + 0.5 * (1 + Math.cos(Math.PI * progress(update, warmup, steps))) * (lr - minLr);
  },

  /** Warmup, then a straight line down to `minLr`. */
  linear(options: Decay): Schedule {
    check("linear", options);
    const { lr, minLr = 0, warmup = 0, steps } = options;
    return (update) =>
      update < warmup ? lr * rise(update, warmup) : lr + (minLr - lr) * progress(update, warmup, steps);
  },

  /** Warmup, stable, decay: the peak rate until the last `decay` updates, then a straight line to `minLr`. */
  wsd(options: Decay & { decay: number }): Schedule {
    check("wsd", options);
    const { lr, minLr = 0, warmup = 0, steps, decay } = options;
    if (!(decay >= 0 && warmup + decay <= steps)) {
      throw new RangeError(
        `schedule.wsd: warmup ${warmup} and decay ${decay} do not fit into steps ${steps}`,
      );
    }
    return (update) =>
      update < warmup
        ? lr * rise(update, warmup)
        : lr + (minLr - lr) * progress(update, steps - decay, steps);
  },
};
