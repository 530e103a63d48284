/** Something the person at the keyboard can put right: shown as its message alone, exit code 1. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** An error with the way out that only the demo knows; others as they are. */
export function withWayOut(error: unknown): unknown {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const where = path ? ` (${path})` : "";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new DemoError(
      `The disk is full${where}. What was finished is kept: make room and run the same command again.`,
      { cause: error },
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new DemoError(`No permission to write${where}. Choose another folder with --runs.`, {
      cause: error,
    });
  }
  return error;
}
