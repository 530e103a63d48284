import { Command, type Io, nonEmpty, wholeNumber, write } from "@llm/platform/command";
import type { useEngine } from "@llm/tensor";

/** What the command line says against the configuration. */
export interface RunFlags {
  steps?: number | undefined;
  out?: string | undefined;
  engine?: Parameters<typeof useEngine>[0] | undefined;
  threads?: number | undefined;
}

/** A command that takes a configuration. */
export function configCommand(name: string) {
  return new Command(name).argument(
    "<config>",
    "a TypeScript or JavaScript file whose default export is a defineRun(..)",
    nonEmpty,
  );
}

export type EngineName = Extract<Parameters<typeof useEngine>[0], string>;

/** An engine's name; what is none, `useEngine` says. */
export const engineName = (text: string) => nonEmpty(text) as EngineName;

export const threadCount = wholeNumber(1, 1024);
export const stepCount = wholeNumber(1, 1e12);

/** "a,b" as two names. */
export const nameList = (text: string) =>
  nonEmpty(text)
    .split(",")
    .map((name) => name.trim());

/** A line of progress. */
export const say = (io: Io, line: string) => write(io.stderr, `${line}\n`);
