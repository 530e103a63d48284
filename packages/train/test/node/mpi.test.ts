// Real processes under a real launcher. Tests of what they agree on, without one, are in processes.test.ts.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MpiError, mpi } from "../../src/mpi/index.js";
import { checkpoints } from "../../src/node/index.js";
import { bundle } from "./fixture/bundle.js";

/** The first of these commands that says it is of this MPI. */
function find(commands: readonly string[], words: RegExp): string {
  const isIt = (command: string) => {
    const { stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    return words.test(stdout ?? "");
  };
  return commands.find(isIt) ?? "";
}

const launchers = [
  {
    name: "Open MPI (apt-get install openmpi-bin)",
    command: find(["mpirun.openmpi", "mpirun"], /Open MPI|open-mpi/),
    flags: ["--allow-run-as-root", "--oversubscribe"],
  },
  { name: "MPICH (apt-get install mpich)", command: find(["mpiexec.hydra", "mpiexec"], /HYDRA/i), flags: [] },
];

let base: string;
let child: string;
beforeAll(async () => {
  ({ base, child } = await bundle(new URL("./fixture/mpi-child.ts", import.meta.url)));
});
afterAll(() => rmSync(base, { recursive: true }));

function start(command: string, args: readonly string[], env = process.env) {
  const running = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [running.stdout, running.stderr]) stream.on("data", (data) => (printed += data));
  return { ended: once(running, "close").then(([code]) => code as number | null), printed: () => printed };
}

/** One that has ended may stay in the list of processes until somebody asks what became of it. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

interface Line {
  step: number;
  loss: number;
  gradNorm: number;
  pid?: number;
}

const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Line);

test("without a launcher it is one process; a library that is not there is an error that names it", async () => {
  expect(() => mpi({ library: "/nowhere/libmpi.so" })).toThrow(MpiError);
  expect(() => mpi({ library: "/nowhere/libmpi.so" })).toThrow(
    "no MPI library was found (looked for /nowhere/libmpi.so); install one",
  );
  const numbers = Float64Array.of(1, 2);
  const { rank, world, sum } = mpi();
  await sum(numbers);
  expect([rank, world, ...numbers]).toEqual([0, 1, 1, 2]);
});

test.skipIf(!launchers[0]!.command).each([
  ["SLURM_STEP_NUM_TASKS", "srun started 2 processes, but Open MPI", "srun --mpi=pmix"],
  ["PMI_SIZE", "MPICH's mpiexec or another that speaks PMI started 2 processes, but Open MPI", "set LLM_MPI"],
])("processes that each think they are alone are refused: %s", async (variable, words, wayOut) => {
  const env = { ...process.env, [variable]: "2", LLM_MPI: process.env["LLM_MPI"] ?? "libmpi.so.40" };
  const folder = mkdtempSync(join(base, "run-"));
  const alone = start(process.execPath, [child, "alone", folder], env);
  expect(await alone.ended).not.toBe(0);
  expect(alone.printed()).toContain(words);
  expect(alone.printed()).toContain(wayOut);
  expect(readdirSync(folder)).toEqual([]);
});

describe.each(launchers)("$name", ({ command, flags }) => {
  const two = (...args: string[]) => {
    // Launchers that start together trip over each other's files.
    const env = { ...process.env, OMPI_MCA_orte_tmpdir_base: mkdtempSync(join(base, "mpi-")) };
    return start(command, [...flags, "-np", "2", process.execPath, child, ...args], env);
  };
  const logOf = (folder: string, rank: number) => {
    const file = `${folder}.${rank}.jsonl`;
    return existsSync(file) ? linesOf(readFileSync(file, "utf8")) : [];
  };
  const fresh = () => mkdtempSync(join(base, "run-"));

  test.skipIf(!command)(
    "two processes equal one with twice the accumulation, to 1e-5 over 50 steps",
    async () => {
      const folder = fresh();
      const alone = start(process.execPath, [child, "alone"]);
      const both = two("together", folder);
      expect(await alone.ended).toBe(0);
      expect(await both.ended, both.printed()).toBe(0);
      const expected = linesOf(alone.printed());
      expect(expected).toHaveLength(50);
      for (const rank of [0, 1]) {
        const steps = logOf(folder, rank);
        expect(steps).toHaveLength(50);
        for (const [i, { loss, gradNorm }] of steps.entries()) {
          expect(Math.abs(loss - expected[i]!.loss)).toBeLessThan(1e-5);
          expect(Math.abs(gradNorm - expected[i]!.gradNorm)).toBeLessThan(1e-5);
        }
      }
      expect((await checkpoints(folder).latest())?.step).toBe(50);
    },
  );

  test.skipIf(!command).each([0, 1])(
    "process %i is killed: all end within 10 s, and the last checkpoint is whole",
    async (rank) => {
      const folder = fresh();
      const both = two("endless", folder);
      while (!readdirSync(folder).some((name) => name.startsWith("step-"))) {
        await Promise.race([wait(5), both.ended.then(() => expect.fail(both.printed()))]);
      }
      const pids = [0, 1].map((each) => logOf(folder, each)[0]!.pid!);
      const killed = performance.now();
      process.kill(pids[rank]!, "SIGKILL");
      expect(await both.ended).not.toBe(0);
      while (isAlive(pids[1 - rank]!) && performance.now() - killed < 10_000) await wait(20);
      expect(performance.now() - killed).toBeLessThan(10_000);
      expect((await checkpoints(folder).latest())?.step).toBeGreaterThanOrEqual(5);
    },
  );

  test.skipIf(!command).each([
    ["throws", "Error: the third batch is not there", 2],
    ["outside", "Error: the reader of the steps fails", 3],
  ])("a process that throws (%s) ends all with its message", async (what, message, step) => {
    const folder = fresh();
    const both = two(what, folder);
    expect(await both.ended).not.toBe(0);
    // Whichever comes first: itself, or the other one that has heard of it.
    expect(both.printed()).toMatch(new RegExp(`process 1 of 2(| ended the run): ${message}`));
    expect((await checkpoints(folder).latest())?.step).toBe(step);
  });

  test.skipIf(!command)("the signal of one ends both at the same step, saved", async () => {
    const folder = fresh();
    const both = two("stopped", folder);
    expect(await both.ended, both.printed()).toBe(0);
    expect([0, 1].map((rank) => logOf(folder, rank).at(-1)!.step)).toEqual([3, 3]);
    expect((await checkpoints(folder).latest())?.step).toBe(3);
  });
});
