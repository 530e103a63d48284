import { createHash } from "node:crypto";
import { type Drop, pipeline } from "@llm/dataset";
import { readFolder } from "@llm/dataset/node";
import { writeAside } from "@llm/platform/durable";
import { formatCount } from "@llm/platform/terminal";
import { cleaning, type InputKind } from "../cleaning.js";
import { type Titles, titled, withTitle } from "../documents.js";
import { DemoError } from "../errors.js";
import type { TitledDocument } from "../lessons/facts.js";
import type { DropReason, FunnelStep } from "../report/data.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import { chooseValidation } from "../split.js";
import type { Terminal } from "../terminal.js";

/** What is left of the input, and what became of the rest. */
export interface Cleaned {
  funnel: FunnelStep[];
  documents: { train: number; val: number };
  bytes: { train: number; val: number };
}

export interface CleanOptions {
  files: readonly string[];
  kind: InputKind;
  titles: Titles;
  validationShare: number;
  terminal: Terminal;
  signal: AbortSignal;
}

/** Reads, cleans and splits the input into train.jsonl and val.jsonl; drops.jsonl says why the rest is missing. */
export async function clean(folder: RunFolder, options: CleanOptions): Promise<StageResult<Cleaned>> {
  const { files, kind, titles, validationShare, terminal, signal } = options;
  const run = pipeline(readFolder(files), cleaning(kind));
  const drops: Drop[] = [];
  const kept: { document: TitledDocument; key: string; bytes: number }[] = [];
  for await (const document of run.docs({ signal, onDrop: (drop) => drops.push(drop) })) {
    const key = createHash("sha256").update(document.id).digest("hex");
    const named = titled(document, titles);
    kept.push({ document: named, key, bytes: Buffer.byteLength(withTitle(named)) });
    terminal.progress(`${formatCount(kept.length)} documents kept, ${formatCount(drops.length)} dropped`);
  }
  // A step may be ahead of the one behind it, now more, now less. Each for itself drops in the documents' order.
  const order = new Map(run.stats().map(({ name }, at) => [name, at]));
  drops.sort((a, b) => order.get(a.step)! - order.get(b.step)!);
  const funnel = run.stats().map((step): FunnelStep => {
    const dropped = Object.entries(step.dropped).map(([reason, n]) => ({
      reason,
      count: n,
      example: example(drops, step.name, reason),
    }));
    return {
      name: step.name,
      in: step.in,
      out: step.out,
      dropped: dropped.sort((a, b) => b.count - a.count),
    };
  });
  if (kept.length < 2) throw new DemoError(tooFew(kept.length, funnel));

  const validation = chooseValidation(kept, validationShare);
  const val = kept.filter((entry) => validation.has(entry));
  const train = kept.filter((entry) => !validation.has(entry));
  for (const [name, split] of Object.entries({ train, val })) {
    await writeAside(folder.file(`${name}.jsonl`), lines(split.map(({ document }) => document)));
  }
  await writeAside(
    folder.file("drops.jsonl"),
    lines(
      drops.map(({ step, document, verdict: { reason, metric, value, threshold } }) => ({
        id: document.id,
        step,
        reason,
        metric,
        value,
        threshold,
      })),
    ),
  );
  const sum = (entries: typeof kept) => entries.reduce((total, { bytes }) => total + bytes, 0);
  return {
    summary: {
      funnel,
      documents: { train: train.length, val: val.length },
      bytes: { train: sum(train), val: sum(val) },
    },
    files: ["train.jsonl", "val.jsonl", "drops.jsonl"],
  };
}

function example(drops: readonly Drop[], step: string, reason: string): DropReason["example"] {
  const { document, verdict } = drops.find((drop) => drop.step === step && drop.verdict.reason === reason)!;
  return {
    id: document.id,
    metric: verdict.metric,
    value: show(verdict.value),
    threshold: show(verdict.threshold),
  };
}

function show(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
}

function lines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function tooFew(kept: number, funnel: readonly FunnelStep[]): string {
  const reasons = funnel
    .flatMap(({ name, dropped }) =>
      dropped.map(({ reason, count: n }) => ({ text: `${n} by ${name} (${reason})`, n })),
    )
    .sort((a, b) => b.n - a.n)
    .slice(0, 5)
    .map(({ text }) => `  ${text}`);
  const dropped = reasons.length ? ` Dropped:\n${reasons.join("\n")}\n` : " ";
  return `Of ${funnel[0]!.in} documents ${kept === 0 ? "none was" : "only one was"} kept; training and validation need one each at least.${dropped}Give more input, or ask why: npm run demo -- explain <file>`;
}
