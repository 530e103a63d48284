import { searchFrom } from "../search-from.js";
import { builtin } from "../threads/platform.js";

/** Where koffi is installed, seen from this package; undefined where it is not, or there is no Node. */
export function findKoffi(): string | undefined {
  try {
    return builtin("node:module")?.createRequire(searchFrom()!).resolve("koffi");
  } catch {
    return undefined;
  }
}
