import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { Io } from "@llm/platform/command";

/** Where pages of text go. */
export interface Pager {
  readonly stream: Writable;
  /** Waits until all has been read. */
  close(): Promise<void>;
}

/** `$PAGER`, or less, on a terminal; stdout elsewhere. */
export function openPager({ stdout, env }: Io): Pager {
  if (!stdout.isTTY || env["TERM"] === "dumb") return { stream: stdout, close: async () => {} };
  // By the shell, since the variable may hold arguments. As git does: quit if it is one screen, leave the text there.
  const child = spawn(env["PAGER"] || "less", {
    shell: true,
    stdio: ["pipe", "inherit", "inherit"],
    env: { LESS: "FRX", ...env },
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    stream: child.stdin,
    close: () => {
      child.stdin.end();
      return closed;
    },
  };
}
