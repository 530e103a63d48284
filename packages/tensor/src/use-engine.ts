import { checkOptions, type Kinds, nearest, shown } from "@llm/platform/options";
import {
  type Candidate,
  candidates,
  type Diagnosis,
  type EngineName,
  type EngineOptions,
  requireInputs,
} from "./candidates.js";
import { setEngine } from "./current.js";
import type { Engine } from "./engine.js";
import { checkThreads } from "./engines/threads/count.js";
import { EngineError } from "./errors.js";

const OPTIONS: Kinds<EngineOptions> = {
  precision: ["float32", "float64"],
  threads: "any",
  inputs: ["float32", "bfloat16", "float16"],
};

/** The engine that was chosen by name, and by which name and options. */
let chosen: { engine: Engine; key: string } | null = null;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What a candidate says of itself; one that fails at that is not available. */
async function diagnose(candidate: Candidate): Promise<Diagnosis> {
  try {
    return await candidate.diagnose();
  } catch (error) {
    return { name: candidate.name, available: false, reason: messageOf(error) };
  }
}

/** The first candidate that can be made. What looks available may still be refused by a runtime, such as threads or compilation. */
async function firstOf(options: EngineOptions): Promise<Engine> {
  const refusals: string[] = [];
  for (const candidate of candidates) {
    const { name } = candidate;
    if (options.precision === "float64" && name !== "reference") continue;
    const { available, reason } = await diagnose(candidate);
    if (!available) {
      refusals.push(`${name}: ${reason}`);
      continue;
    }
    try {
      if (candidate.isBest && !(await candidate.isBest(options))) {
        refusals.push(`${name}: slower than others here`);
        continue;
      }
      return await candidate.create(options);
    } catch (error) {
      refusals.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw new EngineError(`No engine can be made here. ${refusals.join("; ")}.`);
}

async function choose(name: string, options: EngineOptions): Promise<Engine> {
  const { inputs = "float32" } = options;
  if (name === "auto" && inputs === "float32") return firstOf(options);
  const wanted = name !== "auto" ? name : inputs === "float16" ? "webgpu" : "native";
  const candidate = candidates.find((each) => each.name === wanted);
  if (!candidate) {
    const near = nearest(name, ["auto", ...candidates.map((each) => each.name)]);
    throw new EngineError(
      `There is no engine "${name}"${near ? `: did you mean "${near}"?` : "."} Choose "auto" or one of: ${candidates.map((each) => each.name).join(", ")}.`,
    );
  }
  const { available, reason } = await diagnose(candidate);
  if (!available) throw new EngineError(`The engine "${wanted}" is not available: ${reason}.`);
  requireInputs(wanted, options);
  return candidate.create(options);
}

/**
 * Chooses where tensors live and kernels run, from now on. "auto" takes the fastest that can be made here. Asking again for
 * what is already in use changes nothing, unless it was closed; tensors of another engine cannot be mixed in.
 *
 * @throws {EngineError} for a name that is not known, an engine that is not available, and options it does not have
 */
export async function useEngine(
  name: "auto" | EngineName | Engine,
  options: EngineOptions = {},
): Promise<Engine> {
  checkOptions("useEngine", options, OPTIONS, (message) => new EngineError(message));
  if (typeof name !== "string") {
    if (typeof name?.gemm !== "function") {
      throw new EngineError(
        `useEngine got ${shown(name)}: pass a name such as "auto", or an engine that is made (await it first).`,
      );
    }
    setEngine(name);
    chosen = null;
    return name;
  }
  checkThreads(options.threads);
  const key = `${name} ${options.precision ?? "float32"} ${options.threads ?? ""} ${options.inputs ?? "float32"}`;
  if (chosen?.key !== key || chosen.engine.closed) chosen = { engine: await choose(name, options), key };
  setEngine(chosen.engine);
  return chosen.engine;
}

/** Every engine of this package, best first, with whether it can be used here and why. */
export async function doctor(): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const candidate of candidates) found.push(await diagnose(candidate));
  return found;
}
