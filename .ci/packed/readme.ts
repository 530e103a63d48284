// What a README says a reader can do: its line that installs, and its code with what it prints.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./release.js";

/** A block of TypeScript. It ends in an `// Output:` comment, as the example that it is does. */
export interface Block {
  readonly code: string;
  readonly line: number;
  /** What it prints, line by line. */
  readonly output: readonly string[];
  /** Why it is not run: the comment `<!-- not run: .. -->` before it. */
  readonly notRun: string | undefined;
}

export interface Readme {
  /** The packages of the first `npm install` line. */
  readonly installs: readonly string[];
  readonly blocks: readonly Block[];
}

const FENCE = /(?:<!-- not run: (?<notRun>[^\n]*) -->\n\n?)?^```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

/** Reads `packages/<folder>/README.md`. */
export function readReadme(folder: string): Readme {
  const text = readFileSync(join(root, "packages", folder, "README.md"), "utf8");
  const fences = [...text.matchAll(FENCE)].map((match) => ({
    ...(match.groups as { notRun?: string; language: string; code: string }),
    line: text.slice(0, match.index).split("\n").length,
  }));
  const install = fences
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.split("\n"))
    .find((line) => line.startsWith("npm install "));
  if (!install) throw new Error(`The README of ${folder} has no block of sh with a line "npm install ..".`);
  const blocks = fences
    .filter(({ language }) => language === "ts")
    .map(({ code, line, notRun }) => ({ code, line, notRun, output: outputOf(code) }));
  return { installs: install.trim().split(/\s+/).slice(2), blocks };
}

function outputOf(code: string): string[] {
  const [, output] = code.split("// Output:\n");
  return (output ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\/\/ ?/, ""));
}
