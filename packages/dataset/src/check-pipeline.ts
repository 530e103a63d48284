import { shown } from "@llm/platform/options";
import { OptionsError } from "./check.js";
import type { Sink } from "./sink.js";
import type { Step } from "./step.js";

const EXAMPLE = 'pipeline(readWarc(..), language(["en"]), writeJsonl(folder))';

/** Refuses what a pipeline cannot start from, and says why. @throws OptionsError */
export function checkSource(source: unknown): void {
  if (source === undefined) throw new OptionsError(`pipeline needs a source: ${EXAMPLE}.`);
  const found = describe(source);
  const ofSteps = Array.isArray(source) && has(source[0], "transform");
  if (has(source, "read") || (isIterable(source) && !has(source, "transform") && !ofSteps)) return;
  const wayOut =
    wayOutOf(source) ??
    (has(source, "transform") || has(source, "open") || ofSteps
      ? "a source comes first, such as readWarc(..) or documents([..])"
      : "it must be a source, such as readWarc(..), or an iterable of documents");
  throw new OptionsError(`source of pipeline is ${found}${ofSteps ? ", of steps" : ""}: ${wayOut}.`);
}

/** The steps of a pipeline without its sink, and the sink, if there is one. @throws OptionsError */
export function splitSteps(items: readonly unknown[]): { steps: Step[]; sink: Sink | undefined } {
  const steps: Step[] = [];
  let sink: Sink | undefined;
  for (const [i, item] of items.entries()) {
    const isLast = i === items.length - 1;
    if (has(item, "transform")) steps.push(item as Step);
    else if (has(item, "open") && !has(item, "read") && isLast) sink = item as Sink;
    else {
      const next = isLast ? undefined : describe(items[i + 1]);
      throw new OptionsError(`step ${i + 1} of pipeline is ${describe(item)}, ${faultOf(item, next)}.`);
    }
  }
  return { steps, sink };
}

/** Refuses what is no step; `what` says which it is. @throws OptionsError */
export function checkStep(what: string, value: unknown): void {
  if (has(value, "transform")) return;
  throw new OptionsError(`${what} is ${describe(value)}, which has no transform(): ${stepFrom(value)}.`);
}

function stepFrom(value: unknown): string {
  return wayOutOf(value) ?? "filter and rewrite make steps";
}

function faultOf(item: unknown, next: string | undefined): string {
  if (has(item, "read")) return "a source: a pipeline has one, which comes first";
  if (has(item, "open")) return `which must come last: a sink comes last, and ${next} comes after it`;
  return `which has no transform(): ${stepFrom(item)}`;
}

/** What a step's transform gave, which must be documents that come one by one. @throws OptionsError */
export function checkStream<T>(step: string, stream: AsyncIterable<T>): AsyncIterable<T> {
  if (isIterable(stream)) return stream;
  const wayOut = wayOutOf(stream) ?? "it must be an async generator: async *transform(documents) { .. }";
  throw new OptionsError(`transform of the step ${step} gave ${describe(stream)}: ${wayOut}.`);
}

/** How to repair the mistakes that are made most. */
function wayOutOf(value: unknown): string | undefined {
  if (typeof value === "function") return `call it: ${value.name || "step"}(..)`;
  if (value instanceof Promise) return "wait for it with await";
  if (has(value, "docs")) return "it is a pipeline; a pipeline reads another one's docs()";
  if (value === false || value === null || value === undefined)
    return "leave such a step out: ...(wanted ? [step] : [])";
  return undefined;
}

function describe(value: unknown): string {
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  if (typeof name !== "string") return shown(value);
  const kind = has(value, "transform")
    ? "step"
    : has(value, "read")
      ? "source"
      : has(value, "open")
        ? "sink"
        : "object";
  return `the ${kind} ${name}`;
}

function has(value: unknown, method: string | symbol): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}

function isIterable(value: unknown): boolean {
  return has(value, Symbol.iterator) || has(value, Symbol.asyncIterator);
}
