import type { Sample } from "@llm/sample";
import { RewardError } from "../errors.js";

/** A text that is to be judged. */
export interface RewardedText {
  /** The prompt's ids. */
  readonly prompt: ArrayLike<number>;
  /** Index of the prompt among all that `grpo` was given. */
  readonly index: number;
  /** Which of the texts of this prompt. */
  readonly sample: number;
  /** What was written behind the prompt, the token that ended it included. */
  readonly ids: Uint32Array;
  /** 1 for a token that was put in, 0 for one that was drawn. */
  readonly forced: Uint8Array;
  /** "stop" where an end token ended it; "length" and "context" where there was no room for more. */
  readonly finishReason: Sample["finishReason"];
  /** Aborted when the answer is no longer wanted: the run is over, it took too long, or another one failed. */
  readonly signal: AbortSignal;
}

/** How good a text is: any finite number, the higher the better. */
export type Reward = (text: RewardedText) => number | Promise<number>;

/** How rewards are asked for. */
export interface RewardOptions {
  /** Milliseconds that a reward may take. */
  timeout: number;
  /** How many are asked for at a time. */
  atOnce: number;
  signal: AbortSignal | undefined;
}

/**
 * The reward of each text, in order.
 * @throws {RewardError} for the first one that throws, is not there in time, or is no finite number
 */
export async function rewardsOf(
  reward: Reward,
  texts: readonly Omit<RewardedText, "signal">[],
  { timeout, atOnce, signal }: RewardOptions,
): Promise<number[]> {
  signal?.throwIfAborted();
  const over = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () => reject(over.signal.reason), { once: true });
  });
  stopped.catch(() => {}); // whoever waits is told by the race
  const stop = () => over.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const rewards = new Array<number>(texts.length);
  let next = 0;
  const askOn = async () => {
    while (next < texts.length) {
      const at = next++;
      const text = { ...texts[at]!, signal: over.signal };
      rewards[at] = await Promise.race([ask(reward, text, timeout), stopped]);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, texts.length) }, askOn));
    return rewards;
  } catch (error) {
    over.abort(error); // those that are under way
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function ask(reward: Reward, text: RewardedText, timeout: number): Promise<number> {
  const place = { prompt: text.index, sample: text.sample };
  const fail = (what: string, options?: ErrorOptions) =>
    new RewardError(`the reward of prompt ${place.prompt}, sample ${place.sample} ${what}`, place, options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const what = `took more than ${timeout} ms; make it faster, or raise rewardTimeout`;
    timer = setTimeout(() => reject(fail(what)), timeout);
  });
  let value: number;
  try {
    value = await Promise.race([judge(reward, text), late]);
  } catch (error) {
    if (error instanceof RewardError) throw error;
    throw fail(`failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw fail(`is ${String(value)}; it must be a finite number`);
}

/** What a reward throws at once, it rejects with. */
async function judge(reward: Reward, text: RewardedText): Promise<number> {
  return reward(text);
}
