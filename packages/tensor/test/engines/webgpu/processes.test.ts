import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeWebgpu } from "./engines.js";

const count = import.meta.env.MODE === "long" ? 50 : 10;

describeWebgpu("processes", () => {
  test(`${count} processes in a row end by themselves, half with forced collections, half with the engine left open`, () => {
    const child = fileURLToPath(new URL("./child.ts", import.meta.url));
    for (let i = 0; i < count; i++) {
      const collect = i % 2 === 0 ? ["--expose-gc"] : [];
      const how = [
        ...collect,
        "--import",
        "tsx",
        "--conditions=@llm/source",
        child,
        i % 4 < 2 ? "close" : "leave",
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, how, { encoding: "utf8" });
      expect({ i, status, stdout }, stderr).toEqual({ i, status: 0, stdout: "64 64 64 " });
    }
  }, 300_000);
});
