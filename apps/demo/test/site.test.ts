import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveSite } from "../src/site.js";

let folder: string;
let server: Awaited<ReturnType<typeof serveSite>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llm-site-"));
  const files = {
    "site/insight/index.html": "the site",
    "secret.txt": "not of the site",
    "run/model/config.json": "{}",
    "run/model/model.safetensors": "weights",
    "run/log.jsonl": "",
    "run/train.jsonl": "what only this machine should see",
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  server = await serveSite({ site: join(folder, "site"), run: join(folder, "run"), port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Asks for a path as it is written, which `fetch` would tidy up. */
const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const request = get(new URL(server.url), { path, headers, method }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    request.on("error", reject);
  });

test("the site is served isolated, to this machine alone, with the run's files", async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await ask("/insight/?run");
  expect(page).toMatchObject({ status: 200, text: "the site" });
  expect(page.headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "content-type": "text/html; charset=utf-8",
  });
  const list = await ask("/insight/run/files.json");
  expect(JSON.parse(list.text)).toEqual(["log.jsonl", "model/config.json", "model/model.safetensors"]);
  expect(await ask("/insight/run/model/model.safetensors")).toMatchObject({ status: 200, text: "weights" });
  expect(await ask("/insight/", {}, "HEAD")).toMatchObject({ status: 200, text: "" });
});

test.each([
  ["/insight/run/train.jsonl", 404],
  ["/insight/run/../run/train.jsonl", 404],
  ["/insight/run/%2e%2e/%2e%2e/secret.txt", 404],
  ["/../secret.txt", 404],
  ["/..%2fsecret.txt", 404],
  ["/insight", 404],
  ["/%E0%A4%A", 400],
])("%s is refused with %s", async (path, status) => {
  expect((await ask(path)).status).toBe(status);
});

test("other names, other methods, a taken port, and what is not there are refused in words", async () => {
  expect((await ask("/insight/", { host: "evil.example" })).status).toBe(403);
  expect((await ask("/insight/", {}, "POST")).status).toBe(405);
  const [site, run] = [join(folder, "site"), join(folder, "run")];
  const port = Number(new URL(server.url).port);
  await expect(serveSite({ site, run, port })).rejects.toThrow(`listens at port ${port}`);
  await expect(serveSite({ site: folder, run, port: 0 })).rejects.toThrow("npm run docs");
  await expect(serveSite({ site, run: join(folder, "none"), port: 0 })).rejects.toThrow("--name");
});
