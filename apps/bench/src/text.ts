import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Real text that is always there: the Markdown of the packages that npm installed, in name order, up to `bytes`. */
export function documentation(bytes: number): string {
  const modules = join(import.meta.dirname, "../../../node_modules");
  const files = readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  let text = "";
  for (const file of files.sort()) {
    text += readFileSync(join(modules, file), "utf8");
    if (text.length >= bytes) break;
  }
  return text.slice(0, bytes);
}
