import type { StepExplanation, Verdict } from "@llm/dataset";
import { element } from "../../element.js";
import type { Explained } from "../../engine/data/survey.js";
import { thousands } from "../../thousands.js";

/** Changed lines that are shown of a step. */
const LINES = 12;

/** Characters that are shown of a text: a page of a whole book would make the browser stand still. */
const CHARACTERS = 20_000;

/** What every step says of a document: what fails first, then the rest in the order of the steps. */
export function documentPanel({ id, keep, steps, before, after }: Explained): HTMLElement[] {
  const rows = rowsOf(steps);
  const failing = rows.filter((row) => !row[1].keep).length;
  const words = keep
    ? "No check drops it by itself."
    : `${failing} of ${rows.length} checks would drop it; the first in the order of the steps does.`;
  return [
    element("h4", {}, id),
    element("p", {}, words),
    verdictTable(id, rows),
    ...steps.flatMap(changed),
    element("h4", {}, "As it came"),
    textBox("The document as it came", before),
    element("h4", {}, "As it would leave the last step"),
    textBox("The document as it would leave the last step", after),
  ];
}

type Row = readonly [step: string, verdict: Verdict];

/** Checks of a document as a table. */
export function verdictTable(id: string, rows: readonly Row[]): HTMLElement {
  const table = element(
    "table",
    { className: "data-verdicts" },
    element("caption", {}, "Failing checks first"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...["verdict", "step", "what is measured", "value", "limit"].map((name) =>
          element("th", { attributes: { scope: "col" } }, name),
        ),
      ),
    ),
    element("tbody", {}, ...rows.map((row) => verdictRow(...row))),
  );
  return element(
    "div",
    {
      className: "insight-scroll insight-table",
      tabIndex: 0,
      attributes: { role: "region", "aria-label": `What the steps say of ${id}` },
    },
    table,
  );
}

/** Every check with its step, those that fail first. */
function rowsOf(steps: readonly StepExplanation[]): Row[] {
  const all = steps.flatMap(({ step, verdicts }) => verdicts.map((verdict) => [step, verdict] as const));
  return [...all.filter(([, { keep }]) => !keep), ...all.filter(([, { keep }]) => keep)];
}

function verdictRow(step: string, verdict: Verdict): HTMLElement {
  const { keep, metric = "", value = "", threshold, bound } = verdict;
  const limit = threshold === undefined ? "" : [bound, shown(threshold)].filter(Boolean).join(" ");
  const mark = keep ? "✓ passes" : `✗ ${verdict.reason}`;
  return element(
    "tr",
    { className: keep ? "" : "fails" },
    ...[mark, step, metric, shown(value), limit].map((cell) => element("td", {}, cell)),
  );
}

function changed({ step, changes }: StepExplanation): HTMLElement[] {
  if (!changes) return [];
  const { before, after, lines } = changes;
  const words = `${step} changes the text: ${thousands(before)} to ${thousands(after)} characters.`;
  if (!lines) return [element("p", {}, words)];
  const all = lines.flatMap(({ removed, added }) => [
    ...removed.map((line) => `− ${line}`),
    ...added.map((line) => `+ ${line}`),
  ]);
  const more = all.length > LINES ? [`… ${all.length - LINES} more lines`] : [];
  return [
    element("p", {}, words),
    textBox(`Lines that ${step} changes`, [...all.slice(0, LINES), ...more].join("\n")),
  ];
}

function textBox(label: string, whole: string): HTMLElement {
  const more = whole.length - CHARACTERS;
  const text = more > 0 ? `${whole.slice(0, CHARACTERS)}\n… ${thousands(more)} more characters` : whole;
  return element(
    "pre",
    { className: "data-text", tabIndex: 0, attributes: { role: "region", "aria-label": label } },
    text || "(nothing)",
  );
}

function shown(value: number | string): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(3)))
    : `${value}`;
}
