import { expect, test } from "vitest";
import { Terminal } from "../src/terminal.js";

function record({ tty = false, env = {} as Record<string, string> } = {}) {
  const written = { stdout: "", stderr: "" };
  let time = 0;
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: tty,
    columns: 40,
    write: (text: string | Uint8Array) => {
      written[name] += text;
      return true;
    },
  });
  const terminal = new Terminal({ stdout: stream("stdout"), stderr: stream("stderr"), env, now: () => time });
  return { terminal, written, wait: (ms: number) => (time += ms) };
}

test("off a terminal: plain lines, not too many, and no escape codes", () => {
  const { terminal, written, wait } = record();
  terminal.progress("one");
  wait(5000);
  terminal.progress("two");
  wait(6000);
  terminal.progress("three");
  wait(5000);
  terminal.progress("four");
  wait(6000);
  terminal.progress("five");
  terminal.heading("Head");
  expect(written.stderr).toBe("three\nfive\n");
  expect(written.stdout).toBe("\nHead\n");
});

test("on a terminal: one live line, cut to its width, gone before a result", () => {
  const { terminal, written } = record({ tty: true });
  terminal.progress("x".repeat(100));
  terminal.line("result");
  expect(written.stderr.startsWith(`\r\u001b[2K${"x".repeat(38)}…`)).toBe(true);
  expect(written.stderr.endsWith("\r\u001b[2K")).toBe(true);
  expect(written.stdout).toBe("result\n");
});

test("NO_COLOR takes the colour away", () => {
  const plain = record({ tty: true, env: { NO_COLOR: "1" } });
  const coloured = record({ tty: true });
  for (const { terminal } of [plain, coloured]) terminal.dim("text");
  expect(plain.written.stdout).toBe("text\n");
  expect(coloured.written.stdout).toBe("\u001b[2mtext\u001b[0m\n");
});

test("tables line up", () => {
  const { terminal, written } = record();
  terminal.table(
    [{ title: "step" }, { title: "in", align: "right" }],
    [
      ["a", "1,000"],
      ["longer", "7"],
    ],
  );
  expect(written.stdout).toBe("  step       in\n  a       1,000\n  longer      7\n");
});
