// Matrix products and training steps on the engines named, or on all that are here: `npm run bench -w @llm/tensor [-- native wasm]`.
import { availableParallelism } from "node:os";
import { doctor, useEngine } from "@llm/tensor";
import { benchGemm } from "./gemm.js";
import { benchKernels, benchLoss } from "./kernels.js";
import { benchStorage } from "./storage.js";
import { benchTrainingSteps } from "./training-step.js";

const asked = process.argv.slice(2);
for (const { name, available, reason } of await doctor()) {
  console.log(`${available ? "yes" : "no "} ${name}: ${reason}`);
  if (!available || (asked.length > 0 ? !asked.includes(name) : name === "reference")) continue;
  for (const threads of new Set([1, availableParallelism()])) {
    const { device } = await useEngine(name as "native" | "wasm", { threads });
    console.log(`\n${name}: ${device}`);
    benchGemm();
    benchKernels();
    benchStorage();
    await benchTrainingSteps();
    await benchLoss();
  }
}
