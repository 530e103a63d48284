import { hatch } from "@llm/platform/chart";
import { element } from "../element.js";
import { LIMITS } from "../engine/data/limits.js";
import type { Judgement, SurveyInfo } from "../engine/data/survey.js";
import type { DocumentSource } from "../engine/data.js";
import { choiceField, numberField, textField } from "../fields.js";
import { sitePlace } from "../models.js";
import { chosenFiles, type NamedFile } from "../run/named-file.js";
import { type OpenedRun, openedRun } from "../run/opened-run.js";
import { asTable } from "../table.js";
import type { StateValues, View } from "../view.js";
import { documentPanel, verdictTable } from "./data/document-panel.js";
import { funnelPicture } from "./data/funnel-picture.js";
import { limitPanel, measuredOf } from "./data/limit-panel.js";
import { limitsField } from "./data/limits-field.js";
import { pairPanel } from "./data/pair-panel.js";
import { runFindings } from "./data/run-findings.js";
import { sourceField } from "./data/source-field.js";

const fields = {
  source: sourceField,
  /** Of which the reasons are shown; empty: the one that drops most. */
  step: textField(""),
  /** Of which the documents are shown; empty: all that the step drops. */
  reason: textField(""),
  /** The document that is explained, by position; -1: the first that the step drops. */
  at: numberField(-1, -1, 1e6),
  limit: choiceField(
    "minWords",
    LIMITS.map(({ name }) => name),
  ),
  limits: limitsField,
  /** The two that are compared, by position; -1: a near-duplicate and what it is one of. */
  a: numberField(-1, -1, 1e6),
  b: numberField(-1, -1, 1e6),
  /** Texts in their place. */
  left: textField(""),
  right: textField(""),
};

type DataState = StateValues<View<typeof fields>>;

/** Documents of a step that are listed. */
const LISTED = 200;

/** Which documents a model never sees, and why: every filter's decision on the reader's own pages. */
export const data: View<typeof fields> = {
  name: "data",
  title: "Data",
  question: "Which pages does a model never see, who decides that, and by how much did they fail?",
  fields,
  open(root, { state, model, say, warn, signal }) {
    const source = element(
      "select",
      {},
      element("option", { value: "pages" }, "40 pages that come with the site"),
      element("option", { value: "files" }, "your files"),
      element("option", { value: "run" }, "what your run dropped"),
    );
    source.addEventListener("change", () => {
      state.set({ source: source.value as DataState["source"], ...nothingChosen });
    });
    const files = element("input", {
      type: "file",
      multiple: true,
      attributes: { "aria-label": "Your pages: .html, .txt, .md, .jsonl or .warc files" },
    });
    files.addEventListener("change", () => take(chosenFiles(files.files)));
    const notes = element("p");
    const lead = element("p");
    const funnel = funnelPicture((step) => state.set({ step, reason: "", at: -1 }));
    const fates = asTable(() => fatesTable(info!, judgement!));
    const panel = limitPanel({
      choose: (limit) => state.set({ limit }),
      move(name, value) {
        const { [name]: _, ...rest } = state.values.limits;
        const isUsual = value === undefined || value === LIMITS.find((limit) => limit.name === name)!.usual;
        state.set({ limits: isUsual ? rest : { ...rest, [name]: value } }, "drift");
      },
    });
    const stepHead = element("h3");
    const reasons = element("div", { className: "insight-bar" });
    const list = element("ul", { className: "data-documents" });
    const explained = element("div");
    const pair = pairPanel({
      choose: (side, at) => state.set(side === "a" ? { a: at, left: "" } : { b: at, right: "" }),
      write: (side, text) => state.set(side === "a" ? { left: text } : { right: text }, "drift"),
    });
    const thresholds = element(
      "div",
      {},
      element("h3", {}, "Move a threshold, and see who stays"),
      panel.root,
    );
    const duplicates = element(
      "div",
      {},
      element("h3", {}, "Near-duplicates: what two texts share, and whether MinHash finds it"),
      pair.root,
    );
    const hatching = element("div");
    hatching.innerHTML = hatch().markup;
    root.append(
      hatching,
      element("div", { className: "insight-bar" }, element("label", {}, "Documents: ", source), files),
      notes,
      lead,
      element("h3", {}, "The funnel: how many each step lets through"),
      funnel.root,
      fates.root,
      thresholds,
      stepHead,
      reasons,
      list,
      element("h3", {}, "What every step says of a document"),
      explained,
      duplicates,
    );

    let info: SurveyInfo | undefined;
    let judgement: Judgement | undefined;
    let chosen: readonly NamedFile[] = [];
    /** What is open, as it was asked for; another choice of files is another. */
    let openedOf: unknown;
    let runSeen: OpenedRun | undefined = openedRun();
    let running: AbortController | undefined;
    let comparedOf = "";

    function take(picked: readonly NamedFile[]): void {
      if (picked.length === 0) return;
      chosen = picked;
      state.set({ source: "files", ...nothingChosen });
    }

    function wanted(): { of: unknown; source: DocumentSource } | undefined {
      if (state.values.source === "pages") return { of: "pages", source: { url: sitePlace("pages.json") } };
      return chosen.length > 0 ? { of: chosen, source: { files: chosen } } : undefined;
    }

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const isRun = state.values.source === "run";
      thresholds.hidden = duplicates.hidden = isRun;
      try {
        if (isRun) {
          renderRun();
          return;
        }
        const next = wanted();
        if (!next) {
          warn("The link is of someone's files: choose yours, or look at the site's pages.");
          return;
        }
        if (openedOf !== next.of) {
          lead.textContent = "Every step looks at every document…";
          const opened = await model.call("openDocuments", next.source, mine);
          mine.throwIfAborted();
          [info, openedOf, comparedOf] = [opened, next.of, ""];
          pair.offer(opened.ids);
        }
        const { limits } = state.values;
        const judged = await model.call("judge", limits, mine);
        mine.throwIfAborted();
        judgement = judged;
        warn(undefined);
        render();
        await renderDocument(mine);
        await renderPair(mine);
        root.dataset["shown"] = JSON.stringify(state.values);
      } catch (error) {
        if (mine.aborted) return;
        const words = error instanceof Error ? error.message : String(error);
        warn(info ? `${words} The documents before stay.` : words);
        if (!info) lead.textContent = "";
      }
    }

    /** Of a run there is only what it wrote down: which documents it dropped, where and why. */
    function renderRun(): void {
      const run = openedRun();
      const findings = run && runFindings(run);
      if (!findings) {
        warn("No run is open, or it has no drops.jsonl: choose its files under Open your run.");
        return;
      }
      [info, judgement] = [findings.info, findings.judgement];
      openedOf = run;
      warn(undefined);
      notes.textContent = "";
      lead.textContent = findings.words;
      say(findings.words);
      funnel.draw(judgement.funnel, stepNow());
      renderList();
      fates.refresh();
      const at = documentNow();
      const fate = judgement.fates[at];
      explained.replaceChildren(
        ...(fate
          ? [
              element("h4", {}, info.ids[at]!),
              verdictTable(info.ids[at]!, [[fate.step, { keep: false, ...fate }]]),
            ]
          : []),
      );
      root.dataset["shown"] = JSON.stringify(state.values);
    }

    /** The step whose reasons are shown. */
    function stepNow(): string {
      const { step } = state.values;
      if (info!.steps.includes(step)) return step;
      const lost = (count: { in: number; out: number }) => count.in - count.out;
      return judgement!.funnel.reduce((most, count) => (lost(count) > lost(most) ? count : most)).name;
    }

    /** Documents that the step drops, for the reason that is chosen; of a step that drops none, those that are kept at the end. */
    function listed(): number[] {
      const { reason } = state.values;
      const step = stepNow();
      const all = judgement!.fates.map((fate, at) => ({ fate, at }));
      const dropped = all.filter(
        ({ fate }) => fate?.step === step && (reason === "" || fate.reason === reason),
      );
      return (dropped.length > 0 ? dropped : all.filter(({ fate }) => !fate)).map(({ at }) => at);
    }

    function documentNow(): number {
      const { at } = state.values;
      return at >= 0 && at < info!.ids.length ? at : (listed()[0] ?? 0);
    }

    function render(): void {
      const { limit: name, limits } = state.values;
      const { ids } = info!;
      const limit = LIMITS.find((each) => each.name === name)!;
      notes.textContent = info!.notes.join(" ");
      const kept = judgement!.fates.filter((fate) => !fate).length;
      const moved = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
      const as = moved.length ? ` with ${moved.join(", ")}` : " with FineWeb's thresholds";
      lead.textContent = `${kept} of ${ids.length} documents are kept${as}, ${ids.length - kept} are not.`;
      say(lead.textContent);
      funnel.draw(judgement!.funnel, stepNow());
      panel.draw(measuredOf(limit, limits, info!, judgement!), ids, limits[name] !== undefined);
      renderList();
      fates.refresh();
    }

    function renderList(): void {
      const step = stepNow();
      const { reason } = state.values;
      const { dropped } = judgement!.funnel.find(({ name }) => name === step)!;
      const all = Object.entries(dropped).sort((a, b) => b[1] - a[1]);
      const focus = focusIn(root);
      stepHead.textContent = all.length ? `Why ${step} drops documents` : `${step} drops none: what is kept`;
      reasons.replaceChildren(
        ...all.map(([name, count]) => {
          const button = element(
            "button",
            {
              type: "button",
              attributes: { "aria-pressed": String(name === reason), "data-focus": `reason ${name}` },
            },
            `${name} (${count})`,
          );
          button.addEventListener("click", () =>
            state.set({ step, reason: name === reason ? "" : name, at: -1 }),
          );
          return button;
        }),
      );
      const shown = listed();
      const now = documentNow();
      list.replaceChildren(
        ...shown.slice(0, LISTED).map((at) => {
          const fate = judgement!.fates[at];
          const why = fate
            ? ` ${fate.metric} ${short(fate.value)}, ${fate.bound ?? "limit"} ${short(fate.threshold)}`
            : "";
          const button = element(
            "button",
            {
              type: "button",
              className: "data-document",
              attributes: { "data-focus": `document ${at}`, "data-at": `${at}` },
            },
            element("b", {}, info!.ids[at]!),
            element("span", { className: "data-why" }, why),
          );
          if (at === now) button.setAttribute("aria-current", "true");
          button.addEventListener("click", () => state.set({ at }));
          return element("li", {}, button);
        }),
        ...(shown.length > LISTED ? [element("li", {}, `… and ${shown.length - LISTED} more`)] : []),
      );
      refocus(root, focus);
    }

    async function renderDocument(mine: AbortSignal): Promise<void> {
      const at = documentNow();
      const found = await model.call("explainDocument", { at, limits: state.values.limits }, mine);
      mine.throwIfAborted();
      const fate = judgement!.fates[at];
      const near =
        fate?.step === "minhashDedup"
          ? [element("p", {}, `It is dropped as a near-duplicate of ${fate.value}.`)]
          : [];
      explained.replaceChildren(...documentPanel(found), ...near);
    }

    async function renderPair(mine: AbortSignal): Promise<void> {
      const { left, right } = state.values;
      const [a, b] = pairNow();
      const asked = JSON.stringify([a, b, left, right]);
      if (asked === comparedOf) return;
      const compared = await model.call("compareTexts", { a: left || a, b: right || b }, mine);
      mine.throwIfAborted();
      comparedOf = asked;
      pair.draw(compared, [a, b], [left, right]);
    }

    /** The two that were chosen; else the last near-duplicate with what it is one of, or the first two. */
    function pairNow(): [number, number] {
      const { a, b } = state.values;
      const { ids } = info!;
      const at = judgement!.fates.findLastIndex((fate) => fate?.step === "minhashDedup");
      const of = at < 0 ? 0 : ids.indexOf(`${judgement!.fates[at]!.value}`);
      const known = (one: number, usual: number) => (one >= 0 && one < ids.length ? one : usual);
      return [known(a, of), known(b, at < 0 ? Math.min(1, ids.length - 1) : at)];
    }

    const go = (by: number) => {
      if (!judgement) return;
      const all = listed();
      const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(documentNow()) + by))];
      if (next !== undefined) state.set({ at: next });
    };
    const goStep = (by: number) => {
      if (!info) return;
      const next = info.steps[info.steps.indexOf(stepNow()) + by];
      if (next) state.set({ step: next, reason: "", at: -1 });
    };
    return {
      update() {
        const run = openedRun();
        if (run !== runSeen) {
          runSeen = run;
          if (run?.drops) {
            state.set({ source: "run", ...nothingChosen });
            return;
          }
        }
        source.value = state.values.source;
        source.querySelector<HTMLOptionElement>('[value="run"]')!.disabled = !run?.drops;
        void compute();
      },
      take,
      keys: [
        { key: "n", does: "goes to the next step", run: () => goStep(1) },
        { key: "p", does: "goes to the step before", run: () => goStep(-1) },
        { key: "j", does: "explains the next document of the list", run: () => go(1) },
        { key: "k", does: "explains the document before", run: () => go(-1) },
        {
          key: "r",
          does: "puts all thresholds where FineWeb has them",
          run: () => state.set({ limits: {} }),
        },
      ],
    };
  },
};

/** What another choice of documents begins with. */
const nothingChosen = { step: "", reason: "", at: -1, a: -1, b: -1, left: "", right: "" } as const;

function fatesTable({ ids }: SurveyInfo, { fates }: Judgement) {
  return {
    caption: "Every document, and where it leaves",
    head: ["document", "dropped by", "reason", "what is measured", "value", "limit"],
    rows: ids.map((id, at) => {
      const fate = fates[at];
      if (!fate) return [id, "kept", "", "", "", ""];
      return [id, fate.step, fate.reason, fate.metric, fate.value, fate.threshold];
    }),
  };
}

function short(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}

/** Which button has the focus, by what it is for: the buttons are made anew. */
function focusIn(root: HTMLElement): string | undefined {
  const active = document.activeElement;
  return active instanceof HTMLElement && root.contains(active) ? active.dataset["focus"] : undefined;
}

function refocus(root: HTMLElement, focus: string | undefined): void {
  if (focus === undefined) return;
  root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}
