import { LIMITS, type Limits } from "../../engine/data/limits.js";
import type { Field } from "../../fields.js";

/** Thresholds that were moved, as a link writes them: `minWords*40_maxShortLines*0.5`. */
export const limitsField: Field<Limits> = {
  initial: {},
  write: (limits) =>
    Object.entries(limits)
      .map(([name, value]) => `${name}*${value}`)
      .join("_"),
  read(text) {
    const entries = text
      .split("_")
      .filter(Boolean)
      .map((entry) => entry.split("*"));
    const isGood = entries.every(
      ([name, value, ...more]) =>
        more.length === 0 &&
        value !== undefined &&
        value !== "" &&
        Number(value) >= 0 &&
        LIMITS.some((limit) => limit.name === name),
    );
    return isGood ? Object.fromEntries(entries.map(([name, value]) => [name, Number(value)])) : undefined;
  },
};
