import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The path of a package's file, as this module sees it, or the program, or the folder it runs in: a bundle may stand where
 * nothing is installed, and does not know its own place when it is CommonJS.
 */
export function findInstalled(id: string): string | undefined {
  for (const place of [import.meta.url, process.argv[1], join(process.cwd(), "package.json")]) {
    try {
      if (place) return createRequire(place).resolve(id);
    } catch {}
  }
  return undefined;
}
