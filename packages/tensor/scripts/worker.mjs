// Bundles src/engines/threads/worker.ts into a string: `npm run generate -w @llm/tensor`.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { workerSource } from "../../../.config/worker.js";

const folder = new URL("../src/engines/threads/", import.meta.url);

/** The generated source. */
export const generate = () => workerSource(new URL("worker.ts", folder), "npm run generate -w @llm/tensor");

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(new URL("worker.generated.ts", folder), await generate());
}
