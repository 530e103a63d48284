import type { Kinds } from "@llm/platform/options";
import { check } from "./check.js";
import { OptionsError } from "./errors.js";

/** The learning rate of update number `update`, counting from 0. */
export type Schedule = (update: number) => number;

/** Updates at which a schedule is looked at: a function can only be told from another one by what it answers. */
const LOOKED_AT = [0, ...Array.from({ length: 20 }, (_, i) => 2 ** i)];

/** What a checkpoint holds of a schedule, to compare it with another. */
export function describeSchedule(schedule: Schedule): Readonly<Record<string, number | null>> {
  const at = (update: number) => {
    try {
      return schedule(update);
    } catch {
      return null; // one that knows no updates beyond its run
    }
  };
  return Object.fromEntries(LOOKED_AT.map((update) => [`update ${update}`, at(update)]));
}

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

const WARMUP: Kinds<Warmup> = { lr: "number!", warmup: "number" };
const DECAY: Kinds<Decay> = { ...WARMUP, minLr: "number", steps: "number!" };
const WSD: Kinds<Decay & { decay: number }> = { ...DECAY, decay: "number!" };

/** A share of the warmup done: (update + 1) / (warmup + 1), which is above 0 at once, as in nanoGPT. */
function rise(update: number, warmup: number): number {
  return (update + 1) / (warmup + 1);
}

/** How far update is between two others, in [0, 1]. */
function progress(update: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (update - from) / Math.max(1, to - from)));
}

function checkRates<T extends Warmup & Partial<Decay>>(name: string, options: T, kinds: Kinds<T>): void {
  check(`schedule.${name}`, options, kinds);
  const { lr, minLr = 0, warmup = 0, steps = warmup } = options;
  if (!(lr < Infinity && minLr >= 0 && minLr <= lr)) {
    throw new OptionsError(
      `schedule.${name}: lr ${lr} and minLr ${minLr} must satisfy 0 <= minLr <= lr < Infinity`,
    );
  }
  if (!(warmup >= 0 && steps >= warmup)) {
    throw new OptionsError(`schedule.${name}: steps ${steps} must be at least warmup ${warmup}`);
  }
}

/** Learning rate schedules. Each is a pure function of the update's number, so there is no state to save. */
export const schedule = {
  /** Warmup, then one rate for ever. */
  constant(options: Warmup): Schedule {
    checkRates("constant", options, WARMUP);
    const { lr, warmup = 0 } = options;
    return (update) => (update < warmup ? lr * rise(update, warmup) : lr);
  },

  /** Warmup, then half a cosine down to `minLr` (Loshchilov & Hutter, 2017; GPT-3's and nanoGPT's). */
  cosine(options: Decay): Schedule {
    checkRates("cosine", options, DECAY);
    const { lr, minLr = 0, warmup = 0, steps } = options;
    return (update) =>
      update < warmup
        ? lr * rise(update, warmup)
        : minLr + 0.5 * (1 + Math.cos(Math.PI * progress(update, warmup, steps))) * (lr - minLr);
  },

  /** Warmup, then a straight line down to `minLr`. */
  linear(options: Decay): Schedule {
    checkRates("linear", options, DECAY);
    const { lr, minLr = 0, warmup = 0, steps } = options;
    return (update) =>
      update < warmup ? lr * rise(update, warmup) : lr + (minLr - lr) * progress(update, warmup, steps);
  },

  /** Warmup, stable, decay: the peak rate until the last `decay` updates, then a straight line to `minLr`. */
  wsd(options: Decay & { decay: number }): Schedule {
    checkRates("wsd", options, WSD);
    const { lr, minLr = 0, warmup = 0, steps, decay } = options;
    if (!(decay >= 0 && warmup + decay <= steps)) {
      throw new OptionsError(
        `schedule.wsd: warmup ${warmup} and decay ${decay} do not fit into steps ${steps}`,
      );
    }
    return (update) =>
      update < warmup
        ? lr * rise(update, warmup)
        : lr + (minLr - lr) * progress(update, steps - decay, steps);
  },
};
