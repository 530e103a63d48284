// FineWeb's base steps over one WARC file on one core: ours beside datatrove's, in MB of uncompressed WARC a second, by the
// clock and by the processor's time, which other work on the machine does not change.
//
//     LLM_DATA=<test data> LLM_PYTHON=<python with datatrove 0.10> LLM_LID=<lid.176.ftz or .bin> npm run bench:dataset-chain
//
// Then the texts that datatrove's extraction gives go through our filters too, and the verdicts on each are compared.
//
// The file is the extraction benchmark's pages, several times over. Both run in a process of their own, bound to one core
// where there is `taskset`. Language: fastText's model on both sides; without LLM_LID that step is left out on both.
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  c4Quality,
  documents,
  extract,
  fasttextLanguage,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  pipeline,
  readWarc,
  type Step,
  urlFilter,
  type WarcPage,
  writeWarc,
} from "@llm/dataset";
import { writeJsonl } from "@llm/dataset/node";

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const python = process.env["LLM_PYTHON"];
const lid = process.env["LLM_LID"] ?? "";
const times = 8;

interface Run {
  seconds: number;
  /** Seconds of the processor, all threads and processes together. */
  cpu: number;
  kept: number;
}

/** The steps behind extraction. */
function filters(): Step[] {
  const identified = lid ? [language(["en"], { identifier: fasttextLanguage(readFileSync(lid)) })] : [];
  return [...identified, gopherRepetition(), gopherQuality(), c4Quality(), finewebQuality()];
}

/** One run of ours: what the child process of this script does. */
async function run(folder: string, file: string): Promise<void> {
  const list = (name: string) => readFileSync(join(data, "url-lists", `${name}.txt`), "utf8").split("\n");
  const lists = {
    words: list("banned_words"),
    subwords: list("banned_subwords"),
    softWords: list("soft_banned_words"),
  };
  const start = performance.now();
  const used = process.cpuUsage();
  const p = pipeline(
    readWarc(() => createReadStream(file, { highWaterMark: 1 << 20 })),
    urlFilter({ lists }),
    extract({ favor: "precision", ...(process.env["LLM_INLINE"] && { timeout: false }) }),
    ...filters(),
  );
  const kept = await writeJsonl(p.docs(), join(folder, "ours.jsonl"));
  const { user, system } = process.cpuUsage(used);
  const result: Run = { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, kept };
  console.log(JSON.stringify(result));
  if (process.env["LLM_STATS"]) console.error(p.stats());
}

/** Our filters on the texts that datatrove extracted: how many have its verdict, and the same text where both keep them. */
async function compareVerdicts(folder: string): Promise<void> {
  const texts = (name: string) => {
    const lines = readFileSync(join(folder, name, "00000.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    return new Map(
      lines.map((line) => JSON.parse(line)).map(({ id, text }) => [id as string, text as string]),
    );
  };
  const extracted = texts("extracted");
  const theirs = texts("filtered");
  const ours = new Map<string, string>();
  const p = pipeline(documents([...extracted].map(([id, text]) => ({ id, text, meta: {} }))), ...filters());
  for await (const { id, text } of p.docs()) ours.set(id, text);
  const differing = [...extracted.keys()].filter((id) => ours.get(id) !== theirs.get(id));
  const kept = [...extracted.keys()].filter((id) => ours.has(id) && theirs.has(id)).length;
  console.log(
    `on ${extracted.size} texts that datatrove extracted: ${kept} kept by both, ${differing.length} with another verdict or text`,
  );
  for (const id of differing)
    console.log(
      `  ${id}: ours ${ours.has(id) ? "keeps" : "drops"}, theirs ${theirs.has(id) ? "keeps" : "drops"}`,
    );
}

async function* pages(): AsyncGenerator<WarcPage> {
  const folder = join(data, "article-extraction");
  const truth: Record<string, { url: string }> = JSON.parse(
    readFileSync(join(folder, "ground-truth.json"), "utf8"),
  );
  for (let time = 0; time < times; time++) {
    for (const [id, { url }] of Object.entries(truth)) {
      yield { url, html: gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8") };
    }
  }
}

function onOneCore(command: string, ...args: string[]): Run {
  const bound = hasTaskset ? ["taskset", "-c", "0", command, ...args] : [command, ...args];
  const stdout = execFileSync(bound[0]!, bound.slice(1), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", process.env["LLM_STATS"] ? "inherit" : "ignore"],
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** What datatrove's steps import only when they run: without `lxml_html_clean` each page would wait for its time limit. */
const needed = ["datatrove", "warcio", "trafilatura", "lxml_html_clean", "tldextract", "spacy", "orjson"];

/** The Python packages that are not there; all of them where there is no Python. */
function missingPackages(python: string): string[] {
  const wanted = lid ? [...needed, "fasttext"] : needed;
  const script =
    "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n) is None])";
  try {
    return execFileSync(python, ["-c", script, ...wanted], { encoding: "utf8" })
      .split(/\s+/)
      .filter(Boolean);
  } catch (error) {
    console.error(`${python} cannot be run (${(error as Error).message.split("\n")[0]}): set LLM_PYTHON.`);
    process.exit(1);
  }
}

/** Looks for what the comparison needs before anything is measured. */
function checkNeeds(): void {
  for (const folder of ["article-extraction", "url-lists"]) {
    if (existsSync(join(data, folder))) continue;
    console.error(`There is no ${folder} in ${data}: set LLM_DATA.`);
    process.exit(1);
  }
  const missing = python ? missingPackages(python) : [];
  if (missing.length === 0) return;
  console.error(`${python} lacks ${missing.join(", ")}: ${python} -m pip install ${missing.join(" ")}`);
  process.exit(1);
}

const [folderOfRun, fileOfRun] = process.argv.slice(2);
let hasTaskset = true;
if (folderOfRun && fileOfRun) await run(folderOfRun, fileOfRun);
else {
  checkNeeds();
  try {
    execFileSync("taskset", ["-V"], { stdio: "ignore" });
  } catch {
    hasTaskset = false;
  }
  const folder = mkdtempSync(join(tmpdir(), "llm-chain-"));
  try {
    const file = join(folder, "pages.warc.gz");
    const members: Uint8Array[] = [];
    let bytes = 0;
    for await (const member of writeWarc(pages())) {
      members.push(member);
      bytes += gunzipSync(member).length;
    }
    writeFileSync(file, Buffer.concat(members));
    const rate = (seconds: number) => `${(bytes / seconds / 1e6).toFixed(1).padStart(7)} MB/s`;
    const report = (name: string, { seconds, cpu, kept }: Run) =>
      console.log(
        `${name.padEnd(16)} ${rate(seconds)} by the clock ${rate(cpu)} by the processor   ${kept} of ${members.length} kept`,
      );
    console.log(
      `${(bytes / 1e6).toFixed(0)} MB of WARC, one core${hasTaskset ? "" : " and what else threads find"}`,
    );
    const ours = Array.from({ length: 3 }, () =>
      onOneCore(process.execPath, ...process.execArgv, import.meta.filename, folder, file),
    ).sort((a, b) => a.cpu - b.cpu)[1]!;
    report("@llm/dataset", ours);
    if (python) {
      const script = join(import.meta.dirname, "datatrove_chain.py");
      const theirs = onOneCore(python, script, folder, file, join(data, "url-lists"), lid);
      report("datatrove", theirs);
      const ratio = (by: "seconds" | "cpu") => (theirs[by] / ours[by]).toFixed(1);
      console.log(`ours is ${ratio("seconds")}x as fast by the clock, ${ratio("cpu")}x by the processor`);
      await compareVerdicts(folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
