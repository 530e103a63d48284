import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { faults } from "./faults.js";

/** The tests of what Inside draws, on a page with this fault. */
function runTests(fault: string) {
  const { status, stdout, stderr } = spawnSync(
    "npx",
    ["vitest", "run", "test/insight-inside.e2e.ts", "-t", "drawn is what capture computes", "--no-color"],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, INSIGHT_FAULT: fault },
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

test("without a fault the tests pass", () => {
  const { status, output } = runTests("none");
  expect(output).toContain("2 passed");
  expect(status).toBe(0);
});

test.each(Object.keys(faults))("a test fails where %s", (fault) => {
  const { status, output } = runTests(fault);
  expect(output).toContain("AssertionError");
  expect(output).toContain("2 failed");
  expect(status).toBe(1);
});
