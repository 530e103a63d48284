// Trains the models that come with the site and puts them where it serves them: `npm run models`. What was made from the
// same text and the same settings before is taken from the cache. Nothing of it is committed.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { useEngine } from "@llm/tensor";
import { makeAssistant } from "./assistant.js";
import { makeBase } from "./base.js";
import { makeCopier } from "./copier.js";
import { corpus } from "./corpus.js";
import { pages } from "./pages/pages.js";
import { makeSorter } from "./sorter.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cache = here("../node_modules/.cache/insight/");
const served = here("../public/insight/");

/** Makes a model's folder, or finds it. `make` is the file that makes it: another recipe is another model. */
async function folderOf(
  name: string,
  recipe: string,
  text: string,
  make: (folder: string) => Promise<unknown>,
) {
  const source = await readFile(here(recipe), "utf8");
  const hash = createHash("sha256").update(`${source}\0${text}`).digest("hex").slice(0, 16);
  const folder = join(cache, `${name}-${hash}`);
  try {
    await cp(folder, join(served, name), { recursive: true });
    return;
  } catch {
    // Not made yet.
  }
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await make(aside);
  await rename(aside, folder);
  await cp(folder, join(served, name), { recursive: true });
}

await rm(served, { recursive: true, force: true });
await mkdir(cache, { recursive: true });
await mkdir(served, { recursive: true });
// One thread: what it computes does not depend on how many processors there are.
await useEngine("auto", { threads: 1 });
const documents = corpus();
const [cpu, clock] = [process.cpuUsage(), performance.now()];
await folderOf("base", "./base.ts", documents.join("\0"), (folder) => makeBase(folder, documents));
await folderOf("sorter", "./sorter.ts", "", makeSorter);
await folderOf("copier", "./copier.ts", "", makeCopier);
await folderOf("assistant", "./assistant.ts", "", makeAssistant);
await writeFile(join(served, "pages.json"), JSON.stringify(pages()));
const { user, system } = process.cpuUsage(cpu);
const seconds = (microseconds: number) => (microseconds / 1e6).toFixed(0);
console.log(
  `models: ${seconds(user + system)} s of processor time, ${((performance.now() - clock) / 1000).toFixed(0)} s`,
);
