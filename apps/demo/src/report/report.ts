import { funnelChart, hatch, lineChart, type Reference, type Series } from "@llm/platform/chart";
import { formatCount, formatPercent } from "@llm/platform/terminal";
import { assistantSections } from "./assistant-sections.js";
import { type Checkup, type DropReason, type FunnelStep, keptAndLost, type ReportData } from "./data.js";
import { escapeHtml, figure, page, section, slider, table } from "./html.js";

/** A run as one self-contained page: no script, no resource from elsewhere, light and dark. */
export function report(data: ReportData): string {
  return page(
    `${data.name}: ${data.assistant ? "from documents to an assistant" : "from documents to a model that writes"}`,
    [
      hatch().markup,
      headline(data),
      funnelSection(data.funnel, data.relaxed),
      tokensSection(data),
      lossSection(data),
      learningRateSection(data),
      gradientSection(data),
      generationsSection(data.checkups),
      ...(data.assistant ? assistantSections(data.assistant) : []),
      section("The run", table("Settings and sizes", ["what", "value"], data.facts)),
    ].join("\n"),
  );
}

function headline({ input, scores: { model, unigram, bigram } }: ReportData): string {
  const gain = 1 - model.bitsPerByte / bigram.bitsPerByte;
  const verdict =
    gain > 0
      ? `The model needs ${formatPercent(gain)} fewer bits than the bigram.`
      : "The model does not beat the bigram yet: train it for more steps.";
  return `<p>Trained on ${escapeHtml(input)}. ${verdict}</p>
<ul class="big">
<li><strong>${model.nats.toFixed(3)}</strong> nats per token on unseen documents</li>
<li><strong>${model.bitsPerByte.toFixed(3)}</strong> bits per byte</li>
</ul>
${table(
  "Validation loss: the same documents, the same tokens",
  ["predicted by", "nats per token", "bits per byte"],
  [
    ["unigram: how often each token occurs", fixed(unigram.nats), fixed(unigram.bitsPerByte)],
    ["bigram: which token follows which (Kneser-Ney)", fixed(bigram.nats), fixed(bigram.bitsPerByte)],
    ["this model", fixed(model.nats), fixed(model.bitsPerByte)],
  ],
)}`;
}

function funnelSection(funnel: readonly FunnelStep[], relaxed: readonly string[]): string {
  const [first, last] = [funnel[0]!, funnel.at(-1)!];
  const rows = funnel.map((step) => {
    const { name, in: all, out } = step;
    const { kept, lost } = keptAndLost(step);
    const [reason] = [...step.dropped].sort((a, b) => b.count - a.count);
    const made = out === kept ? "" : `, cut into ${formatCount(out)}`;
    return {
      name,
      in: all,
      out: kept,
      made: out,
      lost,
      note: `${formatCount(kept)} of ${formatCount(all)}${made}`,
      ...(lost > 0 && { loss: `${formatCount(lost)} dropped${reason ? `, most: ${reason.reason}` : ""}` }),
    };
  });
  const reasons = funnel.flatMap(({ name, dropped }) => dropped.map((drop) => ({ name, ...drop })));
  const caption = `${formatCount(first.in)} documents were read, ${formatCount(last.out)} were kept.`;
  const changed = relaxed.length
    ? `<p>Thresholds this demo changed, because documentation is not prose: ${relaxed.map(escapeHtml).join("; ")}.</p>`
    : "";
  return section(
    "What was kept, and why not the rest",
    figure(
      funnelChart(rows, `Documents kept and dropped by each step. ${caption}`).markup,
      caption,
      table(
        "Documents by step",
        ["step", "in", "kept", "dropped", "out"],
        rows.map(({ name, in: all, out, lost, made }) => [name, all, out, lost, made]),
      ),
    ),
    table(
      "Reasons, with one example each",
      ["step", "reason", "documents", "example", "measured", "limit"],
      reasons.map(({ name, reason, count: n, example }: DropReason & { name: string }) => [
        name,
        reason,
        n,
        example.id,
        `${example.metric} ${example.value}`,
        example.threshold,
      ]),
    ),
    changed,
  );
}

function tokensSection({ tokens }: ReportData): string {
  const spans = tokens.map(
    ({ id, text }, i) =>
      `<span class="t${i % 5}" title="token ${id}" data-id="${id}">${escapeHtml(text)}</span>`,
  );
  return section(
    "Text as the model sees it",
    `<p>The beginning of a validation document, a colour per token. Point at one for its id.</p>`,
    `<div class="tokens">${spans.join("")}</div>`,
    `<details><summary>The same as a table</summary>${table(
      "Tokens in order",
      ["id", "text"],
      tokens.map(({ id, text }) => [id, JSON.stringify(text)]),
    )}</details>`,
  );
}

function lossSection({ steps, checkups, scores }: ReportData): string {
  const references: Reference[] = [
    {
      name: `unigram ${scores.unigram.nats.toFixed(2)}`,
      y: scores.unigram.nats,
      colour: "three",
      dash: "2 4",
    },
    { name: `bigram ${scores.bigram.nats.toFixed(2)}`, y: scores.bigram.nats, colour: "four", dash: "8 4" },
  ];
  const series: Series[] = [];
  if (steps.length) {
    series.push({
      name: "training",
      points: thin(steps).map(({ step, loss }) => [step, loss]),
      colour: "one",
    });
  }
  if (checkups.length) {
    series.push({
      name: `validation ${checkups.at(-1)!.valLoss.toFixed(2)}`,
      points: checkups.map(({ step, valLoss }) => [step, valLoss]),
      colour: "two",
      dots: true,
    });
  }
  return section(
    "Loss",
    figure(
      lineChart({
        title: "Loss while training",
        description: `Validation loss falls to ${scores.model.nats.toFixed(3)} nats per token; the bigram stands at ${scores.bigram.nats.toFixed(3)}, the unigram at ${scores.unigram.nats.toFixed(3)}.`,
        xLabel: "step",
        yLabel: "nats per token",
        series,
        references,
        x: "log",
      }).markup,
      "Training loss is that of each step's batch, documents and textbook together (averaged over neighbouring steps); validation loss that of unseen documents.",
      table(
        "Loss by step",
        ["step", "training", "validation"],
        checkups.map(({ step, valLoss }) => [step, fixed(near(steps, step)), fixed(valLoss)]),
      ),
    ),
  );
}

function learningRateSection({ steps }: ReportData): string {
  const points = thin(steps).map(({ step, lr }) => [step, lr] as const);
  if (points.length === 0) return "";
  return section(
    "Learning rate",
    figure(
      lineChart({
        title: "Learning rate",
        description: "It warms up, then falls along a cosine.",
        xLabel: "step",
        yLabel: "learning rate",
        series: [{ name: "of AdamW", points, colour: "one" }],
        format: (value) => value.toPrecision(2).replace(/\.?0+$/, ""),
      }).markup,
      "Warm-up, then a cosine.",
      table(
        "Learning rate by step",
        ["step", "learning rate"],
        thin(steps, 40).map(({ step, lr }) => [step, lr.toExponential(3)]),
      ),
    ),
  );
}

function gradientSection({ steps }: ReportData): string {
  const points = thin(steps).map(({ step, gradNorm }) => [step, gradNorm] as const);
  if (points.length === 0) return "";
  const sorted = points.map(([, norm]) => norm).sort((a, b) => a - b);
  return section(
    "Gradient norm",
    figure(
      lineChart({
        title: "Gradient norm",
        description: "How long the gradient of all weights together was at each step, before clipping.",
        xLabel: "step",
        yLabel: "norm",
        series: [{ name: "all weights", points, colour: "one" }],
        x: "log",
        // The first steps' spike would flatten what follows.
        top: 1.5 * sorted[Math.floor(0.98 * (sorted.length - 1))]!,
      }).markup,
      "Averaged over neighbouring steps; a spike beyond the axis is cut off.",
      table(
        "Gradient norm by step",
        ["step", "gradient norm"],
        thin(steps, 40).map(({ step, gradNorm }) => [step, fixed(gradNorm)]),
      ),
    ),
  );
}

function generationsSection(checkups: readonly Checkup[]): string {
  if (checkups.length === 0) return "";
  const stops = checkups.map(({ step, valLoss, generations }) => ({
    label: formatCount(step),
    content: `<h3>After ${formatCount(step)} steps, validation loss ${valLoss.toFixed(3)}</h3>${generations
      .map(({ prompt, text }) => `<pre><strong>${escapeHtml(prompt)}</strong>${escapeHtml(text)}</pre>`)
      .join("")}`,
  }));
  return section("What it wrote while it learned", slider("After so many steps", "checkup", stops));
}

/** At most `limit` records, each the mean of the neighbours it stands for. */
function thin<T extends { step: number; loss: number; lr: number; gradNorm: number }>(
  records: readonly T[],
  limit = 200,
) {
  const group = Math.ceil(records.length / limit);
  return Array.from({ length: Math.ceil(records.length / (group || 1)) }, (_, i) => {
    const part = records.slice(i * group, (i + 1) * group);
    const mean = (key: "loss" | "lr" | "gradNorm") =>
      part.reduce((sum, record) => sum + record[key], 0) / part.length;
    return { step: part.at(-1)!.step, loss: mean("loss"), lr: mean("lr"), gradNorm: mean("gradNorm") };
  });
}

/** The mean training loss of the twenty steps up to this one. */
function near(steps: ReportData["steps"], step: number): number {
  const part = steps.filter((record) => record.step <= step).slice(-20);
  return part.length ? part.reduce((sum, { loss }) => sum + loss, 0) / part.length : Number.NaN;
}

/** Numbers with four decimals; a string, so that trailing zeros stay. */
function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : "";
}
