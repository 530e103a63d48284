import { atLeast, atMost, type Document, type Explanation, explain, type Verdict } from "@llm/dataset";
import { Rests } from "@llm/platform/rest";
import { NO_SIMD } from "../simd.js";
import { type Fate, type FunnelCount, funnelOf } from "./funnel.js";
import { type Limit, type Limits, limitOf } from "./limits.js";
import { dedupStep, judgingSteps, lastSteps } from "./steps.js";

/** What becomes of the documents. */
export interface Judgement {
  readonly funnel: readonly FunnelCount[];
  /** By position; undefined for a document that is kept. */
  readonly fates: readonly (Fate | undefined)[];
}

/** What is known of the documents before a threshold is moved. */
export interface SurveyInfo {
  readonly ids: readonly string[];
  /** What could not be read. */
  readonly notes: readonly string[];
  readonly steps: readonly string[];
  /** What each document measures for a limit, by its name; null where the check is not made. */
  readonly measured: Readonly<Record<string, readonly (number | null)[]>>;
}

/** A document with all that is said of it. */
export interface Explained extends Pick<Explanation, "keep" | "steps"> {
  readonly id: string;
  /** As it came, and as it would leave the last step. */
  readonly before: string;
  readonly after: string;
}

/** What each document was found to be: every verdict of every step, also of those that it did not reach. */
interface Finding {
  readonly verdicts: readonly (readonly Verdict[])[];
  /** As it reaches deduplication. */
  readonly cleaned: Document;
}

/** Documents that were measured once, and are judged anew whenever a threshold moves. */
export class Survey {
  readonly #documents: readonly Document[];
  readonly #findings: readonly Finding[];
  readonly #steps: readonly string[];
  readonly #notes: readonly string[];

  private constructor(
    documents: readonly Document[],
    findings: readonly Finding[],
    steps: readonly string[],
    notes: readonly string[],
  ) {
    this.#documents = documents;
    this.#findings = findings;
    this.#steps = steps;
    this.#notes = notes;
  }

  /** Measures documents, whose ids differ. */
  static async of(
    documents: readonly Document[],
    notes: readonly string[],
    signal?: AbortSignal,
  ): Promise<Survey> {
    const steps = judgingSteps({});
    const findings: Finding[] = [];
    const rests = new Rests(20);
    for (const document of documents) {
      await rests.take(signal);
      let cleaned = document;
      const verdicts = [];
      for (const step of steps) {
        const found = await step.inspect!(cleaned);
        verdicts.push(found.verdicts);
        cleaned = found.document;
        // Of such a page there is no text that the next steps could judge.
        if (found.verdicts.some(isEnded)) break;
      }
      findings.push({ verdicts, cleaned });
    }
    const names = steps.map(({ name }) => name);
    return new Survey(documents, findings, names, [...notes, ...endedWords(documents, findings)]);
  }

  info(): SurveyInfo {
    const measured: Record<string, (number | null)[]> = {};
    for (const [at, { verdicts }] of this.#findings.entries()) {
      for (const [step, list] of verdicts.entries()) {
        for (const verdict of list) {
          const limit = limitOf(this.#steps[step]!, verdict);
          if (!limit || typeof verdict.value !== "number") continue;
          measured[limit.name] ??= new Array(this.#findings.length).fill(null);
          const before = measured[limit.name]![at];
          // Of two things that have one limit, the one that meets it first.
          const worse = limit.bound === "max" ? Math.max : Math.min;
          measured[limit.name]![at] =
            typeof before === "number" ? worse(before, verdict.value) : verdict.value;
        }
      }
    }
    const notes = dedupStep()
      ? this.#notes
      : [...this.#notes, `${NO_SIMD}, so near-duplicates are not looked for.`];
    return { ids: this.#documents.map(({ id }) => id), notes, steps: this.#names(), measured };
  }

  #names(): string[] {
    return ["documents", ...this.#steps, ...lastSteps().map(({ name }) => name)];
  }

  /** What a run with these thresholds does. Deduplication, which judges by what came before, is run on what reaches it. */
  async judge(limits: Limits, signal?: AbortSignal): Promise<Judgement> {
    const fates = this.#findings.map(({ verdicts }) => this.#fateOf(verdicts, limits));
    const dedup = dedupStep();
    const left = this.#findings.flatMap(({ cleaned }, at) =>
      fates[at] ? [] : [{ ...cleaned, id: `${at}` }],
    );
    const unique = dedup?.transform(streamOf(left), {
      signal,
      drop: ({ id }, verdict) => {
        const value = this.#documents[Number(verdict.value)]!.id;
        fates[Number(id)] = { step: dedup.name, ...verdict, value };
      },
    });
    for await (const _ of unique ?? []) signal?.throwIfAborted();
    return { funnel: funnelOf(this.#names(), fates), fates };
  }

  /** All that the steps say of a document. */
  async explain(at: number, limits: Limits): Promise<Explained> {
    const document = this.#documents[at]!;
    const judged = this.#findings[at]!.verdicts.length;
    const all = [...judgingSteps(limits), ...lastSteps()];
    const asked = judged < this.#steps.length ? all.slice(0, judged) : all;
    const { keep, steps, document: after } = await explain(asked, document);
    return { id: document.id, keep, steps, before: document.text, after: after.text };
  }

  /** The text of a document as it reaches deduplication. */
  cleaned(at: number): string {
    return this.#findings[at]?.cleaned.text ?? "";
  }

  #fateOf(verdicts: readonly (readonly Verdict[])[], limits: Limits): Fate | undefined {
    for (const [at, list] of verdicts.entries()) {
      const step = this.#steps[at]!;
      for (const verdict of list) {
        const limit = limitOf(step, verdict);
        const threshold = limit && limits[limit.name];
        const moved = threshold === undefined ? verdict : judged(verdict, limit!, threshold);
        if (!moved.keep) return { step, ...moved };
      }
    }
    return undefined;
  }
}

/** What is said of pages whose extraction was ended. */
function endedWords(documents: readonly Document[], findings: readonly Finding[]): string[] {
  const ended = documents.filter((_, at) => findings[at]!.verdicts.flat().some(isEnded));
  if (ended.length === 0) return [];
  const [first, ...more] = ended.map(({ id }) => id);
  const others = more.length > 0 ? ` and ${more.length} more` : "";
  return [`${first}${others}: extraction took too long or broke its worker, so it was ended.`];
}

function isEnded(verdict: Verdict): boolean {
  return !verdict.keep && /^extraction_(timeout|crash)$/.test(verdict.reason);
}

/** The same measurement, compared with another threshold. */
function judged(verdict: Verdict, { bound, above, reasons }: Limit, threshold: number): Verdict {
  const { metric = "", value } = verdict;
  const reason = reasons[metric]!;
  if (typeof value !== "number") return verdict;
  if (above && value === threshold) return { keep: false, reason, metric, value, threshold, bound };
  return (bound === "min" ? atLeast : atMost)(reason, metric, value, threshold);
}

async function* streamOf(documents: readonly Document[]): AsyncGenerator<Document> {
  yield* documents;
}
