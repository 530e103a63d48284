import type { Fate, FunnelCount } from "../engine/data/funnel.js";
import { messageOf } from "../message-of.js";

/** A step of a training log. */
export interface LoggedStep {
  readonly step: number;
  readonly loss: number;
}

/** A training log: the loss of each step, and now and then that of documents which the model does not learn from. */
export interface RunLog {
  readonly steps: readonly LoggedStep[];
  readonly validation: readonly LoggedStep[];
  /** What the run was asked to go on from, where it wrote samples. */
  readonly prompt: string | undefined;
}

/** A document that a run dropped. */
export interface DroppedDocument extends Fate {
  readonly id: string;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads `{"step": 1, "loss": 5.2}`, a step a line. @throws in words, with the line */
export function readLog(name: string, text: string): RunLog {
  const [steps, validation]: [LoggedStep[], LoggedStep[]] = [[], []];
  let prompt: string | undefined;
  for (const [line, entry] of linesOf(name, text)) {
    const { step, loss, valLoss } = entry;
    if (typeof step !== "number")
      throw new Error(
        `${name}, line ${line}, has no number "step"; a line is such as {"step": 1, "loss": 5.2}. Choose another log.jsonl, or leave it out.`,
      );
    if (typeof loss === "number") steps.push({ step, loss });
    if (typeof valLoss === "number") validation.push({ step, loss: valLoss });
    const [first] = Array.isArray(entry["generations"]) ? (entry["generations"] as Entry[]) : [];
    if (typeof first?.["prompt"] === "string") prompt ??= first["prompt"];
  }
  if (steps.length === 0)
    throw new Error(
      `${name} has no line with a "step" and its "loss", such as {"step": 1, "loss": 5.2}. Leave it out, or train a few steps first.`,
    );
  return { steps, validation, prompt };
}

/** Reads the drops of a run, a document a line. @throws in words, with the line */
export function readDrops(name: string, text: string): DroppedDocument[] {
  const plain = (value: unknown) => (typeof value === "number" ? value : `${value ?? ""}`);
  return linesOf(name, text).map(([line, entry]) => {
    const { id, step, reason, metric, value, threshold, bound } = entry;
    if (typeof id !== "string" || typeof step !== "string" || typeof reason !== "string") {
      throw new Error(
        `${name}, line ${line}, has no "id", "step" and "reason". Choose the drops.jsonl that cleaning wrote, or leave it out.`,
      );
    }
    const known = bound === "min" || bound === "max" ? { bound } : {};
    const measured = { metric: `${metric ?? ""}`, value: plain(value), threshold: plain(threshold) };
    return { id, step, reason, ...measured, ...known } as DroppedDocument;
  });
}

/** Reads the funnel that cleaning left. @throws in words */
export function readFunnel(name: string, text: string): FunnelCount[] {
  const steps = (objectOf(name, text)["summary"] as { funnel?: unknown } | undefined)?.funnel;
  if (!Array.isArray(steps))
    throw new Error(
      `${name} has no "summary" with a "funnel". Choose the clean.json that cleaning wrote, or leave it out.`,
    );
  return steps.map((step: Entry) => {
    const { name: called, in: taken, out, dropped } = step;
    if (typeof called !== "string" || typeof taken !== "number" || typeof out !== "number") {
      throw new Error(
        `${name} has a step without "name", "in" and "out". Choose the clean.json that cleaning wrote, or leave it out.`,
      );
    }
    const reasons = (Array.isArray(dropped) ? dropped : []) as { reason: string; count: number }[];
    const counts = Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]));
    return { name: called, in: taken, out, dropped: counts };
  });
}

function objectOf(name: string, text: string): Entry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${name} is no JSON (${messageOf(error)}): was it cut short? Save it again, or leave it out.`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${name} is no JSON object. Save it again, or leave it out.`);
  }
  return value as Entry;
}

function linesOf(name: string, text: string): [line: number, entry: Entry][] {
  return text
    .split("\n")
    .map((line, at) => [at + 1, line] as const)
    .filter(([, line]) => line.trim() !== "")
    .map(([at, line]) => [at, objectOf(`${name}, line ${at},`, line)]);
}
