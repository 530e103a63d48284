import { expect, test, vi } from "vitest";

/**
 * Runs every example and compares what it prints with the comment it ends in:
 *
 *     // Output:
 *     // one line of the output
 */
export function testExamples(
  run: Record<string, () => Promise<unknown>>,
  sources: Record<string, () => Promise<unknown>>,
): void {
  for (const [path, load] of Object.entries(run)) {
    test(path.replace("../", ""), async () => {
      const source = String(await sources[path]!());
      const marker = source.lastIndexOf("// Output:\n");
      expect(marker, `${path} must end in an "// Output:" comment`).toBeGreaterThan(0);
      const expected = source
        .slice(marker)
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.replace(/^\/\/ ?/, ""));
      const printed: string[] = [];
      const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
        printed.push(...values.map(String).join(" ").split("\n"));
      });
      try {
        await load();
      } finally {
        log.mockRestore();
      }
      expect(printed.map((line) => line.trimEnd())).toEqual(expected);
    });
  }
}
