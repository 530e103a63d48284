// What the course of a run depends on. It stands in every checkpoint: a run that goes on with other settings would be
// another run, and nobody would see it.
import { engine, version as tensor } from "@llm/tensor";
import { version as train } from "../package.json";
import { CheckpointError } from "./errors.js";
import { type Changing, describeChanging } from "./optimizer/changing.js";
import type { Optimizer, OptimizerState } from "./optimizer/optimizer.js";

type Settings = Readonly<Record<string, unknown>>;

/** What is collected. */
export interface Course {
  model: { readonly config?: unknown; readonly version?: string };
  data: { readonly description?: unknown };
  optimizer: Optimizer;
  state: OptimizerState;
  lr: Changing;
  /** Settings that are their own description. */
  numbers: Settings;
}

/** All settings, as JSON keeps them. */
export function runSettings({ model, data, optimizer, state, lr, numbers }: Course): Settings {
  const { name, device } = engine();
  return asJson({
    ...numbers,
    lr: describeChanging(lr),
    optimizer: { ...optimizer.description, ...state.description },
    model: model.config,
    data: data.description,
    engine: `${name}, ${device}`,
    versions: { train, tensor, model: model.version, node: nodeVersion() },
  });
}

function nodeVersion(): string | undefined {
  return (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node;
}

/**
 * Whether a difference is only recorded: a version that is of the same release (the first two numbers, as a patch changes no results),
 * or was not recorded; Node, whose part in the numbers is small; and evaluations where there were none.
 */
function isOnlyRecorded({ path, before, now }: Difference): boolean {
  if (path === "evaluate") return before === undefined;
  if (!path.startsWith("versions")) return false;
  if (path === "versions.node" || typeof before !== "string" || typeof now !== "string") return true;
  const release = (version: string) => version.split(".", 2).join(".");
  return release(before) === release(now);
}

/**
 * Compares the settings of a checkpoint with those of now.
 * @param allowed names of settings that may differ, such as `"lr"`, `"model.dropout"` or `"model"`
 * @returns what differs and may, in words
 * @throws {CheckpointError} when another one differs
 */
export function compareSettings(
  { step, settings: before }: { step: number; settings: Settings },
  now: Settings,
  allowed: readonly string[],
): string[] {
  const isAllowed = (path: string) => allowed.some((name) => path === name || path.startsWith(`${name}.`));
  const found = [...differences(before, now)].filter((each) => !isOnlyRecorded(each));
  const refused = found.filter(({ path }) => !isAllowed(path));
  if (refused.length > 0) {
    const names = [...new Set(refused.map(({ path }) => path.replace(/\.update \d+$/, "")))];
    throw new CheckpointError(
      `the run of the checkpoint at step ${step} had other settings: ${inWords(refused).join("; ")}. Use those, another folder, or allowChanges: ${JSON.stringify(names)}, and know that it will not equal a run in one piece`,
    );
  }
  return inWords(found);
}

/** What the losses of an evaluation depend on beside the weights. */
const EVALUATION = ["evaluate", "data", "batchSize", "blockSize", "seed"];

/** Whether losses of evaluations under two settings can be compared. */
export function evaluatesAlike(a: Settings, b: Settings): boolean {
  return EVALUATION.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}

interface Difference {
  path: string;
  before: unknown;
  now: unknown;
}

function inWords(differences: readonly Difference[]): string[] {
  const seen = new Set<string>();
  return differences.flatMap(({ path, before, now }) => {
    // A schedule differs at many updates: one of them says it.
    const setting = path.replace(/\.update \d+$/, "");
    if (seen.has(setting)) return [];
    seen.add(setting);
    const at = path === setting ? setting : `${setting} at ${path.slice(setting.length + 1)}`;
    return [`${at} was ${shown(before)} and is ${shown(now)}`];
  });
}

function* differences(before: unknown, now: unknown, path = ""): Generator<Difference> {
  // Of lists as long as each other, such as the groups of an optimiser, it is the entries that differ.
  const isList = Array.isArray(before) && Array.isArray(now) && before.length === now.length;
  if ((isList && before.every(isObject) && now.every(isObject)) || (isObject(before) && isObject(now))) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      yield* differences(
        (before as Settings)[name],
        (now as Settings)[name],
        path ? `${path}.${name}` : name,
      );
    }
  } else if (JSON.stringify(before) !== JSON.stringify(now)) {
    yield { path, before, now };
  }
}

function isObject(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** Numbers that JSON has no word for become text, so that a settings object equals what comes back from a file. */
function asJson(settings: Settings): Settings {
  const text = JSON.stringify(settings, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return JSON.parse(text);
}
