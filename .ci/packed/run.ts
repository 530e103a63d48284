// Processes that must end by themselves.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface RunOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which a process counts as one that does not end. */
  limit?: number;
}

/** What a command writes to stdout. Throws what it wrote when it fails, or when it does not end by itself. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, limit = 120_000 }: RunOptions,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env,
      encoding: "utf8",
      timeout: limit,
      killSignal: "SIGKILL",
      maxBuffer: 1 << 26,
    });
    return stdout;
  } catch (error) {
    const { killed, code, stdout, stderr } = error as Error & {
      killed: boolean;
      code: unknown;
      stdout: string;
      stderr: string;
    };
    const end = killed ? `did not end within ${limit / 1000} s` : `ended with ${code}`;
    throw new Error(`${command} ${args.join(" ")} ${end}\n${stdout}${stderr}`, { cause: error });
  }
}
