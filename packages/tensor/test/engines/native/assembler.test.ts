import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Assembler } from "../../../src/engines/native/assembler/assembler.js";
import { RAX } from "../../../src/engines/native/assembler/operand.js";
import { instructions } from "./instructions.js";

const golden = JSON.parse(readFileSync(new URL("../../golden/assembler.json", import.meta.url), "utf8"));

test.each([256, 512] as const)("the bytes are those of GNU as, with vectors of %i bits", (bits) => {
  const expected: string[] = golden[bits].split(" ");
  expect(expected.length).toBe(instructions[bits].length);
  const wrong: string[] = [];
  for (const [i, { text, emit }] of instructions[bits].entries()) {
    const code = new Assembler(bits);
    emit(code);
    const bytes = Buffer.from(code.code()).toString("hex");
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    if (digest !== expected[i]) wrong.push(`${text}: ${bytes}`);
  }
  expect(wrong).toEqual([]);
});

test("jumps go to their labels, forwards and backwards", () => {
  const code = new Assembler(256);
  code.jump("always", "end");
  code.label("again");
  code.decrement(RAX);
  code.jump("nz", "again");
  code.label("end");
  code.ret();
  // jmp +9; dec rax; jnz -9; ret
  expect(Buffer.from(code.code()).toString("hex")).toBe("e909000000" + "48ffc8" + "0f85f7ffffff" + "c3");
  expect(() => code.label("end")).toThrow(/there already/);
  code.jump("z", "nowhere");
  expect(() => code.code()).toThrow(/no label nowhere/);
});
