import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isolated, serve } from "./server.js";

const dist = fileURLToPath(new URL("../.vitepress/dist/", import.meta.url));
/** Where the site says it lives; the same variable as in the site's config. */
const base = process.env["DOCS_BASE"] ?? "/";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".ts": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Every page of the built site, as paths below the base. */
export function pages(): string[] {
  if (!existsSync(join(dist, "index.html"))) {
    throw new Error(`There is no built site in ${dist}. Build it first: npm run docs`);
  }
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html") && file !== "404.html")
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
}

/**
 * Serves the built site, or another folder, as a static host would, isolated so that shared memory works. `head` comes first in
 * each page.
 */
export async function serveSite({ folder = dist, head }: { folder?: string; head?: string } = {}): Promise<{
  url: string;
  /** The files sent so far; to be cleared by who counts. */
  served: Set<string>;
  close: () => void;
}> {
  const served = new Set<string>();
  const { url, close } = await serve((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
    const inside = path.startsWith(base) ? path.slice(base.length) : "missing";
    const file = join(folder, inside.replace(/(^|\/)$/, "$1index.html"));
    const found = file.startsWith(folder) && existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "cache-control": "no-store",
      ...isolated,
    });
    if (found) served.add(file);
    if (found && head !== undefined && file.endsWith(".html")) {
      response.end(readFileSync(file, "utf8").replace("<head>", `<head>${head}`));
    } else if (found) createReadStream(file).pipe(response);
    else response.end("not found");
  });
  return { url: url + base, served, close };
}
