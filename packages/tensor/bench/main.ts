import { doctor, useEngine } from "@llm/tensor";
import { benchGemm } from "./gemm.js";
import { benchKernels, benchLoss } from "./kernels.js";
import { benchTrainingSteps } from "./training-step.js";

for (const { name, available, reason } of await doctor()) {
  console.log(`${available ? "yes" : "no "} ${name}: ${reason}`);
}
const { device } = await useEngine("auto");
console.log(`\n${device}\n`);
benchGemm();
benchKernels();
await benchTrainingSteps();
await benchLoss();
