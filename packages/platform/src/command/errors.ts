/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reader of our output has seen enough, as `head` has. */
export function isBrokenPipe(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "EPIPE";
}

/** The operating system refused, directly or as the cause: no such file, no room, no permission. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && ("syscall" in error || isSystemError(error.cause));
}

/** The message of an error made for people; anything else is a fault of a program, and its stack helps to find it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Errors made for people have a class of their own, or a code of the system or a library.
  const expected = !(error.name in globalThis) || (error.name === "Error" && "code" in error);
  return expected ? error.message : (error.stack ?? error.message);
}
