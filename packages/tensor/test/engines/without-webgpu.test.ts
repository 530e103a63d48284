// Where there is no page and no package `webgpu`, as for most who install this.
import { createRequire } from "node:module";
import process from "node:process";
import { useEngine } from "@llm/tensor";
import { expect, test } from "vitest";
import { findAdapter } from "../../src/engines/webgpu/adapter.js";

const from = `${import.meta.dirname}/device.ts`;
const isInstalled = () => {
  try {
    return Boolean(createRequire(from).resolve("webgpu"));
  } catch {
    return false;
  }
};

test.skipIf(process.env["LLM_WEBGPU"] || isInstalled())(
  "without a page's GPU and without the package, doctor and useEngine say what is missing",
  async () => {
    expect(await findAdapter({ from })).toEqual({
      reason: "the package webgpu is not installed; `npm install webgpu` adds it",
    });
    await expect(useEngine("webgpu")).rejects.toThrow(
      'The engine "webgpu" is not available: the package webgpu is not installed',
    );
  },
);
