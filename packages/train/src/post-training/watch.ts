// What goes wrong in reinforcement learning goes wrong without an error: the numbers that show it are watched.

/** Something that a run should be looked at for. */
export interface TrainingWarning {
  readonly type: "warning";
  readonly step: number;
  /**
   * "zero-variance": for three steps no group has had rewards that differ. "no-reward": five steps without any. "collapse": nearly all texts are
   * the same whatever the prompt, or the reward has fallen far below where it was.
   */
  readonly kind: "zero-variance" | "no-reward" | "collapse";
  readonly message: string;
}

/** What is looked at of a step. */
interface Seen {
  step: number;
  lr: number;
  reward: number;
  zeroVariance: number;
  samples: readonly { index: number; ids: Uint32Array; reward: number }[];
}

/** Steps in a row without a reward. */
const UNREWARDED = 5;
/** Steps that are looked at together. */
const WINDOW = 3;
/** The share of the texts that one text may be, where there are prompts enough. */
const SAME = 0.8;
const PROMPTS = 4;

/** Watches the steps of one run; after a resume it begins anew. */
export class Watch {
  #unrewarded = 0;
  #level = 0;
  readonly #recent: number[] = [];
  #best = -Infinity;
  #isLow = false;
  #isSame = false;

  /** The warnings of a step. Each condition is told once, when it begins. */
  look({ step, lr, reward, zeroVariance, samples }: Seen): TrainingWarning[] {
    const found: TrainingWarning[] = [];
    const warn = (kind: TrainingWarning["kind"], message: string) =>
      found.push({ type: "warning", step, kind, message: `step ${step}: ${message}` });

    this.#level = zeroVariance === 1 ? this.#level + 1 : 0;
    this.#unrewarded = samples.every((each) => each.reward === 0) ? this.#unrewarded + 1 : 0;
    if (this.#unrewarded === UNREWARDED) {
      warn(
        "no-reward",
        `${UNREWARDED} steps without any reward; there is nothing to reinforce: take prompts that succeed now and then, or train longer before`,
      );
    } else if (this.#level === WINDOW) {
      warn(
        "zero-variance",
        `${WINDOW} steps in which all texts of a prompt had the same reward, for every prompt; nothing was learned`,
      );
    }

    const share = shareOfMostFrequent(samples);
    const isSame = share >= SAME && new Set(samples.map(({ index }) => index)).size >= PROMPTS;
    if (isSame && !this.#isSame) {
      warn(
        "collapse",
        `${Math.round(100 * share)}% of the texts are the same whatever the prompt; balance the answers of the prompts, or lower the learning rate ${lr}`,
      );
    }
    this.#isSame = isSame;

    this.#recent.push(reward);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    if (this.#recent.length === WINDOW) {
      const smooth = this.#recent.reduce((sum, each) => sum + each, 0) / WINDOW;
      const isLow = this.#best > 0 && smooth < this.#best / 2;
      if (isLow && !this.#isLow) {
        warn(
          "collapse",
          `the reward is ${smooth.toPrecision(3)} and was ${this.#best.toPrecision(3)}; lower the learning rate ${lr}, and go on from a checkpoint before`,
        );
      }
      this.#isLow = isLow;
      this.#best = Math.max(this.#best, smooth);
    }
    return found;
  }
}

function shareOfMostFrequent(samples: Seen["samples"]): number {
  const counts = new Map<string, number>();
  for (const { ids } of samples) {
    const key = ids.join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(...counts.values()) / samples.length;
}
