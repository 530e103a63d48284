import type { TokenEvent } from "../text-row.js";

/** Why a text ended, as the routes of completions say it: a full context counts as a length. */
export function finishReasonOf({ finishReason }: TokenEvent): "stop" | "length" {
  return finishReason === "stop" ? "stop" : "length";
}
