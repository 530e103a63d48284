// A command that several processes run together, and one of them speaks for.
import process from "node:process";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Io } from "@llm/platform/command";
import type { Processes } from "../processes/processes.js";
import { type Team, teamOf } from "../processes/team.js";

/** Milliseconds that rank 0 has to say what failed, before another process ends and takes it along. */
const LAST_WORDS = 1000;

/**
 * Runs a command in each of several processes: rank 0 writes to the streams, the others are silent, also about an error:
 * what `work` throws in one process, it must throw in all (see {@link agree}), so that rank 0 says it.
 */
export async function asOne(
  io: Io,
  processes: Processes | undefined,
  work: (io: Io) => Promise<void>,
): Promise<void> {
  if (!processes || processes.rank === 0) return work(io);
  const nowhere = () => new Writable({ write: (_, __, done) => done() });
  try {
    await work({ ...io, stdout: nowhere(), stderr: nowhere() });
  } catch {
    await sleep(LAST_WORDS);
    process.exit(1);
  }
}

/**
 * Does the same in all processes. They leave together, and one that fails makes all fail.
 * @throws {ProcessError} with the message of another process that failed
 */
export async function agree<T>(
  processes: Processes | undefined,
  work: (team: Team | undefined) => Promise<T>,
): Promise<T> {
  const team = teamOf(processes);
  let failure: { error: unknown } | undefined;
  try {
    return await work(team);
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    await team?.leave(failure, async () => {});
  }
}
