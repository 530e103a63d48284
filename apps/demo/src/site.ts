import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { type Io, write } from "@llm/platform/command";
import { MODEL_FOLDERS } from "./assistant.js";
import type { ViewArguments } from "./commands/arguments.js";
import { DemoError } from "./errors.js";

/** What `npm run docs` builds. */
const SITE = fileURLToPath(new URL("../../../docs/.vitepress/dist/", import.meta.url));

/** This machine alone: a run is nobody else's. */
const HOST = "127.0.0.1";

/** Threads of a page share memory only where it is isolated from other sites. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Where the site looks for a run. */
const RUN = "/insight/run/";

/** What the site opens of a run. */
const RUN_FILES: readonly string[] = [
  ...["tokenizer.json", "log.jsonl", "drops.jsonl", "stages/clean.json"],
  ...Object.values(MODEL_FOLDERS).flatMap((folder) =>
    ["config.json", "model.safetensors"].map((file) => `${folder}/${file}`),
  ),
];

/** Serves the built site with a run opened in it. Ends with Ctrl-C. */
export async function viewRun({ name, runs, port }: ViewArguments, io: Io): Promise<void> {
  const folder = join(runs, name);
  const server = await serveSite({ site: SITE, run: folder, port });
  try {
    await write(io.stdout, `${server.url}insight/?run\n`);
    await write(
      io.stderr,
      `The site with ${folder} opened; open the address in a browser. Ctrl-C ends it.\n`,
    );
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener("abort", () => resolve());
    });
  } finally {
    await server.close();
  }
}

/** Serves a built site and a run's files. @throws DemoError where one of them is missing, or the port is taken */
export async function serveSite(options: {
  site: string;
  run: string;
  port: number;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { site, run, port } = options;
  if (!existsSync(join(site, "insight/index.html"))) {
    throw new DemoError("The site is not built yet: build it with npm run docs, once, and try again");
  }
  const there = () => RUN_FILES.filter((file) => isFile(join(run, file)));
  if (!there().some((file) => !file.startsWith("stages/"))) {
    throw new DemoError(
      `${run} has nothing to view: make a run with npm run demo, or name another with --name`,
    );
  }
  const server = createServer((request, response) => {
    void answer(request, response, { site, run, there }).catch(() => response.destroy());
  });
  await listen(server, port);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { method, url = "/", headers }: IncomingMessage,
  response: ServerResponse,
  { site, run, there }: { site: string; run: string; there: () => string[] },
): Promise<void> {
  const refuse = (status: number, words: string) =>
    void response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${words}\n`);
  // Another site's name may be made to point here: its pages then ask under that name.
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? ""))
    return refuse(403, "Ask for 127.0.0.1.");
  if (method !== "GET" && method !== "HEAD") return refuse(405, "Only GET and HEAD are answered.");
  const path = pathOf(url);
  if (path === undefined) return refuse(400, "The address cannot be read.");
  const plain = { ...ISOLATED, "cache-control": "no-store", "x-content-type-options": "nosniff" };
  if (path === `${RUN}files.json`) {
    response.writeHead(200, { ...plain, "content-type": TYPES[".json"] }).end(JSON.stringify(there()));
    return;
  }
  const file = path.startsWith(RUN)
    ? there().find((name) => path === RUN + name) && join(run, path.slice(RUN.length))
    : insideOf(site, path);
  if (!file || !isFile(file)) return refuse(404, "Not found.");
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...plain, "content-type": type, "content-length": statSync(file).size });
  if (method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://site").pathname);
  } catch {
    return undefined;
  }
}

/** A page's file; undefined for what would leave the folder. */
function insideOf(site: string, path: string): string | undefined {
  const file = join(site, path.replace(/\/$/, "/index.html"));
  return file.startsWith(join(site, sep)) && !path.includes("\0") ? file : undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(
        isTaken
          ? new DemoError(
              `Something listens at port ${port} already: give another --port, or 0 for any that is free`,
            )
          : error,
      );
    });
    server.listen(port, HOST, resolve);
  });
}
