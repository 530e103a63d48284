// The command under a real launcher.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkpoints, readJsonl } from "../../src/node/index.js";

const isOpenMpi = (name: string) =>
  /Open MPI/.test(spawnSync(name, ["--version"], { encoding: "utf8" }).stdout);
const mpirun = ["mpirun.openmpi", "mpirun"].find(isOpenMpi);

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const CONFIG = pathOf("../cli/processes.config.ts");
// Time to save after Ctrl-C.
const FLAGS = [
  "--allow-run-as-root",
  "--oversubscribe",
  "--mca",
  "odls_base_sigkill_timeout",
  "2",
  "-np",
  "2",
];
const NODE = [process.execPath, "--conditions=@llm/source", "--import", import.meta.resolve("tsx")];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "llm-train-mpi-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function two(argv: string[], { fault = "", stopAt = "" } = {}) {
  const command = [...FLAGS, ...NODE, pathOf("../../src/cli/main.ts"), ...argv];
  // Launchers that start together trip over each other's files.
  const own = mkdtempSync(join(folder, "mpi-"));
  const env = { ...process.env, OMPI_MCA_orte_tmpdir_base: own, LLM_TRAIN_FAULT: fault };
  const child = spawn(mpirun!, command, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (said.out += chunk));
  let isStopped = false;
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
    // Once: at the second one the launcher kills.
    if (stopAt && said.err.includes(stopAt) && !isStopped) isStopped = child.kill("SIGTERM");
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...said };
}

const count = (text: string, words: string) => text.split(words).length - 1;

describe.skipIf(!mpirun).concurrent("under mpirun (apt-get install openmpi-bin)", () => {
  test("rank 0 alone writes; SIGTERM saves and ends all, resume goes on, eval answers once", async () => {
    const out = join(folder, "run");
    const argv = [CONFIG, "--out", out];
    const stopped = await two([...argv, "--steps", "1000000"], { stopAt: "step 3: " });
    expect(stopped.code).not.toBe(0);
    expect([count(stopped.err, "saved: "), count(stopped.err, "train: stopped")], stopped.err).toEqual([
      1, 1,
    ]);
    const { step } = (await checkpoints(out).latest())!;
    expect(step).toBeGreaterThanOrEqual(3);

    const resumed = await two(["resume", ...argv, "--steps", String(step + 2), "--json"]);
    expect([resumed.code, JSON.parse(resumed.out).step], resumed.err).toEqual([0, step + 2]);
    expect(count(resumed.err, `goes on from step ${step} in`)).toBe(1);
    const steps = ((await readJsonl(join(out, "log.jsonl"))) as { step: number }[]).map((each) => each.step);
    expect(steps).toEqual(Array.from({ length: step + 2 }, (_, i) => i + 1));

    const judged = await two(["eval", ...argv, "--json"]);
    expect(judged.code, judged.err).toBe(0);
    const { loss } = JSON.parse(judged.out);
    const { evaluations } = (await checkpoints(out).latest())!;
    expect(loss.val).toBeCloseTo(evaluations.at(-1)!.losses["val"]!, 6);
  });

  test("an error of rank 1 is said once, with its rank", async () => {
    const { code, err } = await two([CONFIG, "--out", join(folder, "failed")], { fault: "1" });
    expect(code).not.toBe(0);
    expect(count(err, "process 1 of 2 ended the run: Error: the third batch is not there"), err).toBe(1);
    expect(count(err, "the third batch is not there")).toBe(1);
  });
});
