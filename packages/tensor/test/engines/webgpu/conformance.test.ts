import { beforeAll, describe, test } from "vitest";
import { createWebgpu } from "../../../src/engines/webgpu/find.js";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { all, conform } from "../../conforming.js";
import { closedAtEnd } from "../closed-at-end.js";
import { softwareProblem } from "./software.js";

const problem = softwareProblem();

describe.skipIf(problem)(`webgpu against reference in float64${problem ? `: ${problem}` : ""}`, () => {
  let engine: WebgpuEngine;
  beforeAll(async () => {
    engine = closedAtEnd(await createWebgpu());
  });
  test.each(all.map((each) => [each.name, each] as const))("%s", (_, each) => conform(engine, each));
});
