import { hatch } from "@llm/platform/chart";
import { element } from "../element.js";
import { LIMITS } from "../engine/data/limits.js";
import type { Judgement, SurveyInfo } from "../engine/data/survey.js";
import type { DocumentSource } from "../engine/data.js";
import { messageOf } from "../message-of.js";
import { sitePlace } from "../models.js";
import type { NamedFile } from "../run/named-file.js";
import { type OpenedRun, openedRun } from "../run/opened-run.js";
import { asTable } from "../table.js";
import { thousands } from "../thousands.js";
import type { View } from "../view.js";
import { chosenOf, missingOf } from "./data/chosen.js";
import { documentPanel, verdictTable } from "./data/document-panel.js";
import { droppedList } from "./data/dropped-list.js";
import { fatesTable } from "./data/fates-table.js";
import { fields, nothingChosen } from "./data/fields.js";
import { funnelPicture } from "./data/funnel-picture.js";
import { limitPanel, measuredOf } from "./data/limit-panel.js";
import { pairPanel } from "./data/pair-panel.js";
import { runFindings } from "./data/run-findings.js";
import { sourceChooser } from "./data/source-chooser.js";
import { factsOf, runFactsOf } from "./data/told.js";

/** Which documents a model never sees, and why: every filter's decision on the reader's own pages. */
export const data: View<typeof fields> = {
  name: "data",
  title: "Data",
  question: "Which pages does a model never see, who decides that, and by how much did they fail?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const source = sourceChooser({
      choose: (source) => state.set({ source, ...nothingChosen }),
      take,
    });
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
    const list = droppedList({
      chooseReason: (step, reason) => state.set({ step, reason, at: -1 }),
      chooseDocument: (at) => state.set({ at }),
    });
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
      source.root,
      notes,
      lead,
      element("h3", {}, "The funnel: how many each step lets through"),
      funnel.root,
      fates.root,
      thresholds,
      list.root,
      element("h3", {}, "What every step says of a document"),
      explained,
      duplicates,
    );

    let info: SurveyInfo | undefined;
    let judgement: Judgement | undefined;
    let files: readonly NamedFile[] = [];
    /** What is open, as it was asked for; another choice of files is another. */
    let openedOf: unknown;
    let runSeen: OpenedRun | undefined = openedRun();
    let running: AbortController | undefined;
    let comparedOf = "";

    function take(picked: readonly NamedFile[]): void {
      if (picked.length === 0) return;
      files = picked;
      state.set({ source: "files", ...nothingChosen });
    }

    function wanted(): { of: unknown; source: DocumentSource } | undefined {
      if (state.values.source === "pages") return { of: "pages", source: { url: sitePlace("pages.json") } };
      return files.length > 0 ? { of: files, source: { files } } : undefined;
    }

    const chosen = () => chosenOf(state.values, info!, judgement!);

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
          warn(
            "The link was made with files that it does not carry: choose your own, or look at the site's pages.",
          );
          return;
        }
        if (openedOf !== next.of) {
          lead.textContent = "Every step looks at every document…";
          const opened = await model.call("openDocuments", next.source, mine);
          mine.throwIfAborted();
          [info, openedOf, comparedOf] = [opened, next.of, ""];
          pair.offer(opened.ids);
        }
        const judged = await model.call("judge", state.values.limits, mine);
        mine.throwIfAborted();
        judgement = judged;
        warn(missingOf(state.values, info!));
        render();
        await renderDocument(mine);
        duplicates.hidden = !info!.steps.includes("minhashDedup");
        if (!duplicates.hidden) await renderPair(mine);
        root.dataset["shown"] = JSON.stringify(state.values);
      } catch (error) {
        if (mine.aborted) return;
        const words = messageOf(error);
        warn(judgement ? `${words} The documents before stay.` : words);
        if (!judgement) lead.textContent = "";
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
      warn(missingOf(state.values, info));
      notes.textContent = "";
      renderFates(findings.words);
      const { at } = chosen();
      const [id, fate] = [info.ids[at]!, judgement.fates[at]];
      explained.replaceChildren(
        ...(fate ? [element("h4", {}, id), verdictTable(id, [[fate.step, { keep: false, ...fate }]])] : []),
      );
      tell(runFactsOf(info, judgement, at, run));
      root.dataset["shown"] = JSON.stringify(state.values);
    }

    function render(): void {
      const { limit: name, limits } = state.values;
      const { ids } = info!;
      const limit = LIMITS.find((each) => each.name === name)!;
      notes.textContent = info!.notes.join(" ");
      const kept = judgement!.fates.filter((fate) => !fate).length;
      const moved = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
      const as = moved.length ? ` with ${moved.join(", ")}` : " with FineWeb's thresholds";
      panel.draw(measuredOf(limit, limits, info!, judgement!), ids, limits[name] !== undefined);
      renderFates(
        `${thousands(kept)} of ${thousands(ids.length)} documents are kept${as}, ${thousands(ids.length - kept)} are not.`,
      );
    }

    function renderFates(words: string): void {
      lead.textContent = words;
      say(words);
      funnel.draw(judgement!.funnel, chosen().step);
      list.draw(chosen(), state.values.reason, info!, judgement!);
      fates.refresh();
    }

    async function renderDocument(mine: AbortSignal): Promise<void> {
      const { at } = chosen();
      const found = await model.call("explainDocument", { at, limits: state.values.limits }, mine);
      mine.throwIfAborted();
      const fate = judgement!.fates[at];
      const near =
        fate?.step === "minhashDedup"
          ? [element("p", {}, `It is dropped as a near-duplicate of ${fate.value}.`)]
          : [];
      explained.replaceChildren(...documentPanel(found), ...near);
      tell(factsOf(info!, judgement!, at, found));
    }

    async function renderPair(mine: AbortSignal): Promise<void> {
      const { left, right } = state.values;
      const [a, b] = chosen().pair;
      const asked = JSON.stringify([a, b, left, right]);
      if (asked === comparedOf) return;
      const compared = await model.call("compareTexts", { a: left || a, b: right || b }, mine);
      mine.throwIfAborted();
      comparedOf = asked;
      pair.draw(compared, [a, b], [left, right]);
    }

    const go = (by: number) => {
      if (!judgement) return;
      const { listed, at } = chosen();
      const next = listed[Math.max(0, Math.min(listed.length - 1, listed.indexOf(at) + by))];
      if (next !== undefined) state.set({ at: next });
    };
    const goStep = (by: number) => {
      if (!judgement) return;
      const next = info!.steps[info!.steps.indexOf(chosen().step) + by];
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
        source.draw(state.values.source, Boolean(run?.drops));
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
