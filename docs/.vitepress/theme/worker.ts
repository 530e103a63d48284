/** Runs one example, named by its path, in a worker of its own. */
import { runForPage } from "./print.js";

const examples = import.meta.glob([
  "../../../packages/*/examples/*.ts",
  "../../../apps/demo/examples/*.ts",
  "../../story/*.ts",
]);

async function run(path: string): Promise<void> {
  const load = examples[path];
  if (!load) throw new Error(`There is no example ${path}; there are ${Object.keys(examples).join(", ")}`);
  await load();
}

runForPage(run, (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
