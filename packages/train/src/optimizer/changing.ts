// A setting of an optimiser may change in the course of training, as the learning rate does.
import { OptionsError } from "../errors.js";
import { describeSchedule, type Schedule } from "../schedule.js";

/** A number, or a schedule of it: what it is at update number `update`, counting from 0. */
export type Changing = number | Schedule;

/** Which numbers may be used. */
export interface Range {
  holds(value: number): boolean;
  readonly words: string;
}

/** Momentum and its like: a share of what was before. */
export const SHARE: Range = { holds: (x) => x >= 0 && x < 1, words: "at least 0 and below 1" };
/** Rates and their like. */
export const FROM_ZERO: Range = { holds: (x) => x >= 0 && x < Infinity, words: "finite and at least 0" };
export const ABOVE_ZERO: Range = { holds: (x) => x > 0 && x < Infinity, words: "finite and above 0" };

/** @throws {OptionsError} for a number outside the range */
export function checkRange(what: string, value: number, { holds, words }: Range): number {
  if (typeof value === "number" && holds(value)) return value;
  throw new OptionsError(`${what} is ${value}; it must be ${words}`);
}

/** The setting at each update, checked: a number at once, a schedule's first value too, the others when they are asked for. */
export function checkedAt(what: string, setting: Changing, range: Range): Schedule {
  if (typeof setting === "number") {
    checkRange(what, setting, range);
    return () => setting;
  }
  const at: Schedule = (update) => checkRange(`${what} at update ${update}`, setting(update), range);
  at(0);
  return at;
}

/** What a checkpoint holds of it. */
export function describeChanging(setting: Changing): unknown {
  return typeof setting === "number" ? setting : describeSchedule(setting);
}
