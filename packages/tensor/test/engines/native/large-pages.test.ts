import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "../../close.js";
import { nativeEngines } from "./engines.js";

const MAPS = "/proc/self/smaps";
/** Mappings for which large pages were asked. */
const asked = () => readFileSync(MAPS, "utf8").match(/^VmFlags:.* hg\b/gm)?.length ?? 0;

test.runIf(existsSync("/sys/kernel/mm/transparent_hugepage") && existsSync(MAPS))(
  "Linux is asked for large pages",
  async () => {
    const before = asked();
    await nativeEngines(1);
    expect(asked()).toBeGreaterThan(before);
  },
);
