import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../../../.config/process.js";
import { makeSet } from "./run/fixture/set.js";

test("a process ends by itself after extraction in workers", async () => {
  const printed = await runToEnd(`
    import { extract, pipeline } from "@llm/dataset";
    const page = { id: "a", text: "<p>A sentence that is long enough to be content.", meta: { mediaType: "text/html" } };
    const source = { name: "page", async *read() { yield page; } };
    for await (const { text } of pipeline(source, extract({ workers: 2 })).docs()) console.log(text);
    for await (const { text } of pipeline(source, extract({ workers: 2 })).docs()) break;
  `);
  expect(printed).toContain("long enough to be content");
}, 60_000);

test("a process ends by itself after a run over worker threads", async () => {
  const base = makeSet(2, 4);
  const module = new URL("./run/fixture/pipeline.ts", import.meta.url);
  try {
    const printed = await runToEnd(`
      import { run } from "@llm/dataset/node";
      process.env.RUN_FIXTURE = ${JSON.stringify(base)};
      const [report] = await run(new URL(${JSON.stringify(module.href)}), {
        tasks: 2,
        workers: 2,
        logDir: ${JSON.stringify(join(base, "log"))},
      });
      console.log(report.tasks);
    `);
    expect(printed).toContain("2\n");
  } finally {
    rmSync(base, { recursive: true });
  }
}, 60_000);
