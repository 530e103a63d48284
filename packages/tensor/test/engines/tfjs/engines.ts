import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type TfjsEngine, tfjs } from "@llm/tensor/tfjs";
import { closedAtEnd } from "../closed-at-end.js";

const require = createRequire(import.meta.url);

/** tfjs runs on one backend at a time: the engine made last is the one that works. */
const onBackend = (name: "cpu" | "wasm") => async (): Promise<TfjsEngine> => {
  const core = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist/"));
  core.env().set("IS_NODE", false); // else the cpu backend prints an advertisement
  core.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // its threads do not start in Node
  await core.setBackend(name);
  return closedAtEnd(await tfjs(core));
};

/** A folder that scripts/libtensorflow.sh made. */
const folder = process.env["LLM_LIBTENSORFLOW"];
const onLibtensorflow = async () =>
  closedAtEnd(await tfjs(createRequire(join(folder!, "package.json"))("@tensorflow/tfjs-node")));

/** The tfjs engines there are here: all copies of tfjs in a process share their backends, so libtensorflow goes alone. */
export const tfjsEngines: Record<string, () => Promise<TfjsEngine>> = folder
  ? { "tfjs libtensorflow": onLibtensorflow }
  : { "tfjs cpu": onBackend("cpu"), "tfjs wasm": onBackend("wasm") };
