import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Slurm is not there, or refused. */
export class SlurmError extends Error {
  override readonly name = "SlurmError";
}

/** The largest index of a job array, plus one. */
export async function maxArraySize(): Promise<number> {
  const found = /^MaxArraySize\s*=\s*(\d+)/m.exec(await command("scontrol", ["show", "config"]));
  // Slurm's own default.
  return found ? Number(found[1]) : 1001;
}

/** The ids of this user's jobs that wait or run. */
export async function jobsInQueue(): Promise<Set<string>> {
  const listed = await command("squeue", ["--me", "--noheader", "--format=%F"]);
  return new Set(listed.split("\n").filter((id) => id !== ""));
}

/** Submits a job; answers its id. */
export async function submit(args: readonly string[]): Promise<string> {
  const answer = await command("sbatch", ["--parsable", ...args]);
  return answer.trim().split(";")[0]!;
}

/** Takes jobs out of the queue. */
export async function cancel(ids: readonly string[]): Promise<void> {
  await command("scancel", ids);
}

async function command(name: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(name, args, { maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT")
      throw new SlurmError(
        `There is no ${name} here: submit from a machine of a Slurm cluster, or use run on this one`,
        { cause: error },
      );
    const said = "stderr" in error ? String(error.stderr).trim() : error.message;
    throw new SlurmError(`${name} ${args.join(" ")} failed: ${said}`, { cause: error });
  }
}
