/** Something the person at the keyboard can put right: shown as its message alone, exit code 1. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** What to print for an error: the message for expected ones, the stack for ours. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path ? ` (${path})` : "";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return `The disk is full${where}. What was finished is kept: make room and run the same command again.`;
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return `No permission to write${where}. Choose another folder with --runs.`;
  }
  // Every error with a name of its own, here or in a package, says what is wrong and the way out.
  return builtIn.has(error.name) ? (error.stack ?? error.message) : error.message;
}

const builtIn = new Set([
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "AggregateError",
]);
