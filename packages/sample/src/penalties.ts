// Stages that look at the tokens so far, and change the logits of a few.

import type { Candidates } from "./candidates.js";
import { InvalidOptionError } from "./errors.js";
import type { History } from "./history.js";
import type { Settings } from "./settings.js";

/** Adds to the logits of these ids; -Infinity forbids one. */
export function addBias(candidates: Candidates, { logitBias }: Settings): void {
  let forbids = false;
  for (const [id, value] of logitBias) {
    if (value === Number.NEGATIVE_INFINITY) forbids = true;
    else change(candidates, id, "logitBias", (logit) => logit + value);
  }
  if (forbids) candidates.filter((i) => logitBias.get(candidates.ids[i]!) !== Number.NEGATIVE_INFINITY);
}

/** Repetition penalty (Keskar et al. 2019), then frequency and presence penalties (as in OpenAI's API). */
export function penalise(candidates: Candidates, settings: Settings, history: History): void {
  const { repetitionPenalty, frequencyPenalty, presencePenalty, chain } = settings;
  const { shift } = candidates;
  if (repetitionPenalty !== 1) {
    for (const id of history.counts.keys()) {
      change(candidates, id, "repetitionPenalty", (shifted) => {
        const logit = shifted + shift;
        return (logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty) - shift;
      });
    }
  }
  if (frequencyPenalty === 0 && presencePenalty === 0) return;
  const option = frequencyPenalty === 0 ? "presencePenalty" : "frequencyPenalty";
  for (const [id, count] of chain.penaltyScope === "all" ? history.counts : history.outputCounts) {
    change(candidates, id, option, (logit) => logit - (count * frequencyPenalty + presencePenalty));
  }
}

/** Drops every token that would complete a sequence of `n` tokens that has been before. */
export function dropRepeatedNgrams(candidates: Candidates, n: number, { ids }: History): void {
  const banned = new Set<number>();
  const suffix = ids.length - (n - 1);
  for (let start = 0; start + n <= ids.length; start++) {
    let same = 0;
    while (same < n - 1 && ids[start + same] === ids[suffix + same]) same++;
    if (same === n - 1) banned.add(ids[start + same]!);
  }
  if (banned.size > 0) candidates.filter((i) => !banned.has(candidates.ids[i]!));
}

/** What a 32-bit float can hold, as in llama.cpp: the penalty of a long repetition stays finite. */
const LARGEST_EXPONENT = 88.7228391;

/**
 * "Don't repeat yourself" (p-e-w 2024): lowers a token by multiplier * base^(length - allowedLength), where `length` tells
 * how many of the last tokens were followed by it before.
 */
export function penaliseRepeats(candidates: Candidates, settings: Settings, { ids }: History): void {
  const { dryMultiplier, dryBase, dryAllowedLength, dryWindow, dryBreakers } = settings;
  const length = Math.min(ids.length, dryWindow);
  // The newest comes first here. A repetition does not reach back over a breaker.
  const recent = ids.slice(ids.length - length).reverse();
  const breaker = recent.findIndex((id) => dryBreakers.has(id));
  const reach = breaker < 0 ? length : breaker;
  if (length <= dryAllowedLength || reach < dryAllowedLength) return;

  const longest = new Map<number, number>();
  for (const [at, repeated] of prefixLengths(recent).entries()) {
    const follower = recent[at - 1];
    const count = Math.min(repeated, reach);
    if (follower === undefined || count < dryAllowedLength) continue;
    if (count > (longest.get(follower) ?? -1)) longest.set(follower, count);
  }
  const most =
    dryBase > 1.000001 ? Math.floor(LARGEST_EXPONENT / Math.log(dryBase)) : Number.POSITIVE_INFINITY;
  for (const [id, count] of longest) {
    if (dryBreakers.has(id)) continue;
    const penalty = dryMultiplier * dryBase ** Math.min(count - dryAllowedLength, most);
    change(candidates, id, "dryMultiplier", (logit) => logit - penalty);
  }
}

/** How many items from each place on equal those at the beginning, in one pass (the Z-algorithm). */
function prefixLengths(list: readonly number[]): number[] {
  const lengths = [0];
  let start = 0; // the match that reaches furthest, from here
  let end = 0; // to here
  for (let at = 1; at < list.length; at++) {
    let length = at < end ? Math.min(end - at, lengths[at - start]!) : 0;
    while (at + length < list.length && list[length] === list[at + length]) length++;
    if (at + length > end) [start, end] = [at, at + length];
    lengths.push(length);
  }
  return lengths;
}

function change(candidates: Candidates, id: number, option: string, to: (logit: number) => number): void {
  const i = candidates.indexOf(id);
  if (i < 0) return;
  const logit = to(candidates.logits[i]!);
  if (!Number.isFinite(logit)) {
    throw new InvalidOptionError(option, `with this ${option} the logit of token ${id} becomes ${logit}`);
  }
  candidates.logits[i] = logit;
  candidates.changed();
}
