import { readFile } from "node:fs/promises";
import type { Hono } from "hono";

const TYPES = {
  "index.html": "text/html; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "chat.js": "text/javascript; charset=utf-8",
  "answer.js": "text/javascript; charset=utf-8",
  "alternatives.js": "text/javascript; charset=utf-8",
  "api.js": "text/javascript; charset=utf-8",
} as const;

/** The page takes nothing from elsewhere, and stands in no other page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type FileName = keyof typeof TYPES;

/** Where the page is, and what it consists of. */
export const PAGE_PATHS: ReadonlyMap<string, FileName> = new Map([
  ["/", "index.html"],
  ...Object.keys(TYPES).map((name) => [`/page/${name}`, name as FileName] as const),
]);

/** The chat page: files as they lie in `page/`. */
export function addPage(app: Hono): void {
  for (const [path, name] of PAGE_PATHS) {
    app.get(path, async () => {
      const text = await readFile(new URL(`./page/${name}`, import.meta.url), "utf8");
      const headers = {
        "content-type": TYPES[name],
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "cache-control": "no-cache",
      };
      return new Response(text, { headers });
    });
  }
}
