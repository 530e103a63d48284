import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RunMismatchError } from "../../src/node/index.js";
import { freezeManifest } from "../../src/node/run/manifest.js";

test("a run that was begun in threads goes on without them, but not with another module", async () => {
  const folder = mkdtempSync(join(tmpdir(), "manifest-"));
  const freeze = (moduleSha256: string | undefined) =>
    freezeManifest(join(folder, "manifest.json"), {
      name: "a",
      tasks: 1,
      configuration: { steps: [], moduleSha256 },
      files: [],
    });
  try {
    await freeze("aa");
    await freeze(undefined);
    await expect(freeze("bb")).rejects.toThrow(RunMismatchError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
