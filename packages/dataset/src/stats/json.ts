import type { StepStats } from "../pipeline.js";

const VERSION = 1;

/** Text that is not the statistics of a pipeline. */
export class StatsFormatError extends Error {
  override readonly name = "StatsFormatError";
}

/** Statistics as JSON, for a file. */
export function formatStats(steps: readonly StepStats[]): string {
  return `${JSON.stringify({ version: VERSION, steps })}\n`;
}

/**
 * Reads what `formatStats` wrote.
 *
 * @param name what errors call the text, such as its path
 * @throws StatsFormatError
 */
export function parseStats(text: string, name = "statistics"): StepStats[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new StatsFormatError(`${name} is not JSON: was its run cut off? Delete it and run the task again`, {
      cause,
    });
  }
  const version = isRecord(found) ? found["version"] : undefined;
  if (version !== undefined && version !== VERSION) {
    throw new StatsFormatError(
      `${name} has version ${JSON.stringify(version)}, this library reads ${VERSION}`,
    );
  }
  const problem = fileShape(found, name);
  if (problem) throw new StatsFormatError(`${problem}: these are no statistics of a pipeline`);
  return (found as { steps: StepStats[] }).steps;
}

/** Says what is wrong with a value that stands at `path`, if anything. */
type Shape = (value: unknown, path: string) => string | undefined;

const text: Shape = (value, path) => (typeof value === "string" ? undefined : `${path} is no text`);

const count: Shape = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : `${path} is no count`;

const number: Shape = (value, path) => (Number.isFinite(value) ? undefined : `${path} is no number`);

const scalar: Shape = (value, path) =>
  text(value, path) && number(value, path) ? `${path} is neither a number nor text` : undefined;

const bound: Shape = (value, path) =>
  value === "min" || value === "max" ? undefined : `${path} is neither "min" nor "max"`;

const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? undefined : shape(value, path);

const list =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? first(value, (item, i) => shape(item, `${path}[${i}]`)) : `${path} is no list`;

const row =
  (...shapes: Shape[]): Shape =>
  (value, path) =>
    Array.isArray(value) && value.length === shapes.length
      ? first(shapes, (shape, i) => shape(value[i], `${path}[${i}]`))
      : `${path} is no list of ${shapes.length}`;

const record =
  (shape: Shape): Shape =>
  (value, path) =>
    isRecord(value)
      ? first(Object.entries(value), ([key, item]) => shape(item, `${path}.${key}`))
      : `${path} is no object`;

const object =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, path) =>
    isRecord(value)
      ? first(Object.entries(shapes), ([key, shape]) => shape(value[key], `${path}.${key}`))
      : `${path} is no object`;

const threshold = object({ bound: optional(bound), value: scalar });

const sample = object({
  id: text,
  url: optional(text),
  length: count,
  excerpt: text,
  metric: text,
  value: scalar,
  threshold: scalar,
  bound: optional(bound),
});

const metric = object({
  histogram: list(row(number, count, count)),
  values: nullable(list(row(text, count, count))),
  thresholds: nullable(list(threshold)),
});

const details = object({
  charactersIn: count,
  charactersOut: count,
  bytesIn: count,
  bytesOut: count,
  microseconds: count,
  lengths: list(row(number, count, count)),
  metrics: record(metric),
  samples: record(list(sample)),
  samplesPerReason: count,
});

const step = object({
  name: text,
  in: count,
  out: count,
  dropped: record(count),
  details: optional(details),
});

const fileShape = object({ version: count, steps: list(step) });

function first<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [i, item] of items.entries()) {
    const problem = check(item, i);
    if (problem) return problem;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
