// Writes assembler.json: a digest of the bytes that GNU as makes of every instruction of test/native/instructions.ts.
//
//     npx tsx test/golden/assembler.mts        (needs binutils)
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instructions } from "../engines/native/instructions.js";

const folder = mkdtempSync(join(tmpdir(), "assembler-"));

/** The bytes of each line of assembly. */
function assemble(lines: string[]): string[] {
  const [source, object, listing] = ["a.s", "a.o", "a.lst"].map((name) => join(folder, name));
  writeFileSync(source!, `.intel_syntax noprefix\n${lines.join("\n")}\n`);
  execFileSync("as", ["-O0", `-aln=${listing}`, "--listing-lhs-width=8", "-o", object!, source!]);
  const bytes = new Map<number, string>();
  for (const line of readFileSync(listing!, "utf8").split("\n")) {
    const match = /^\s*(\d+) [0-9a-f]{4,}\s+((?:[0-9A-F]+ ?)+?)\s*(?:\t|$)/.exec(line);
    if (match) bytes.set(Number(match[1]), (bytes.get(Number(match[1])) ?? "") + match[2]!.replace(/ /g, ""));
  }
  return lines.map((_, i) => bytes.get(i + 2)!.toLowerCase());
}

const golden = Object.fromEntries(
  Object.entries(instructions).map(([bits, list]) => {
    const code = assemble(list.map(({ text }) => text));
    // Enough of each digest to tell one wrong byte, and to say where.
    return [bits, list.map((_, i) => createHash("sha256").update(code[i]!).digest("hex").slice(0, 8)).join(" ")];
  }),
);
writeFileSync(new URL("assembler.json", import.meta.url), `${JSON.stringify(golden, null, 1)}\n`);
rmSync(folder, { recursive: true });
