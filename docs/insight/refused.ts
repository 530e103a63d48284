import type { NumberField } from "./fields.js";
import { thousands } from "./thousands.js";

/** What a number can be, where what was written is no such number. */
export function refused(name: string, { range: [low, high], isWhole }: NumberField, written: string): string {
  const kind = isWhole ? "a whole number" : "a number";
  return `${name}: ${kind} from ${thousands(low)} to ${thousands(high)} is needed, not ${written || "nothing"}.`;
}
