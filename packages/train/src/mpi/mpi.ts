import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Kinds } from "@llm/platform/options";
import { turn } from "@llm/platform/rest";
import { check } from "../check.js";
import type { Processes } from "../processes/processes.js";
import { launcher, loadMpi, type Mpi, MpiError } from "./library.js";

/** Options of {@link mpi}. */
export interface MpiOptions {
  /** The library's path. Default: what the environment variable LLM_MPI names, or the system's, the launcher's own first. */
  library?: string;
}

const MPI: Kinds<MpiOptions> = { library: "string" };

/** MPI's own levels: only the thread that began calls it. */
const FUNNELED = 1;

/** Milliseconds before a wait sleeps between two questions: some, and what sending takes on a slow network (16 MB/s). */
const spinFor = (bytes: number) => 5 + bytes / 16_000;

let started: Processes | undefined;

/**
 * The processes that `mpirun -np N node ..`, `mpiexec` or `srun` started, for `processes` of `train`. Started by hand it is a
 * world of one, and needs no MPI. A process that ends with an exit code, or an error that nothing catches, ends all.
 * @throws {MpiError} when there is no MPI, it is not known, or it is not the launcher's
 */
export function mpi(options: MpiOptions = {}): Processes {
  check("mpi", options, MPI);
  started ??= launcher() || options.library ? start(options.library) : alone();
  return started;
}

function alone(): Processes {
  return { rank: 0, world: 1, sum: async () => {} };
}

function start(path: string | undefined): Processes {
  const { functions, constants, version } = loadMpi(path);
  const succeed = (code: number, of: string) => {
    if (code !== 0) throw new MpiError(`${of} of ${version} failed with code ${code}`);
  };
  const numberFrom = (ask: Mpi["functions"]["rank"], of: string) => {
    const answer = [0];
    succeed(ask(constants.world, answer), of);
    return answer[0]!;
  };
  succeed(functions.initThread(null, null, FUNNELED, [0]), "MPI_Init_thread");
  const world = numberFrom(functions.size, "MPI_Comm_size");
  const rank = numberFrom(functions.rank, "MPI_Comm_rank");
  endTogether({ functions, constants, version }, `process ${rank} of ${world}`);
  const expected = launcher();
  if (expected && expected.world !== world) {
    throw new MpiError(
      `${expected.name} started ${expected.world} processes, but ${version} sees ${world}: ${wayOut(expected.name)}`,
    );
  }
  return {
    rank,
    world,
    async sum(numbers) {
      const request = new BigInt64Array(1);
      const isDone = [0];
      const { inPlace, sum, ignore } = constants;
      const type = numbers instanceof Float64Array ? constants.double : constants.float;
      succeed(
        functions.sum(inPlace, numbers, numbers.length, type, sum, constants.world, request),
        "MPI_Iallreduce",
      );
      // Asked again and again, so that timers and signals are heard while it goes on.
      const began = performance.now();
      const patience = spinFor(numbers.byteLength);
      for (;;) {
        succeed(functions.test(request, isDone, ignore), "MPI_Test");
        if (isDone[0]) return;
        // A process that waits for a slower one leaves the core to it.
        await (performance.now() - began < patience ? turn() : sleep(1));
      }
    },
  };
}

function wayOut(name: string): string {
  return name === "srun"
    ? "start them with `srun --mpi=pmix` (Open MPI) or `srun --mpi=pmi2` (MPICH), or with mpirun in an allocation of salloc or sbatch"
    : "launcher and library must be of the same MPI; set LLM_MPI to the launcher's, or use the library's own launcher";
}

/** A process that fails must not leave the others waiting for it. */
function endTogether({ functions, constants }: Mpi, name: string): void {
  const abort = (code: number) => functions.abort(constants.world, code);
  process.on("uncaughtExceptionMonitor", (error) => {
    if (process.listenerCount("uncaughtException") > 0) return;
    writeSync(process.stderr.fd, `${name}: ${error?.stack ?? String(error)}\n`);
    abort(1);
  });
  process.on("exit", (code) => {
    if (code === 0) functions.finalize();
    else abort(code);
  });
}
