import { counted } from "../counted.js";
import { element } from "../element.js";
import type { TrainingPlan } from "../engine/training.js";
import { heatmap } from "../heatmap.js";
import { withKey } from "../key-hint.js";
import { messageOf } from "../message-of.js";
import { ModelHolder, siteText } from "../models.js";
import { openedRun } from "../run/opened-run.js";
import { asTable } from "../table.js";
import { thousands } from "../thousands.js";
import type { View } from "../view.js";
import { lossChart, rateChart } from "./training/charts.js";
import { fields, isSamePlan, type TrainingState } from "./training/fields.js";
import { gradientGrid } from "./training/gradient-grid.js";
import { type Kept, kept, type Run, samplesOf } from "./training/run.js";
import { settings } from "./training/settings.js";
import { logTableOf, tableOf } from "./training/tables.js";
import { written } from "./training/written.js";

/** A model is trained in the page, step by step, by the same loop as everywhere. */
export const training: View<typeof fields> = {
  name: "training",
  title: "Training",
  question: "How does a model learn to predict the next token, and what does the loss say?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const { roots: settingRoots, follow } = settings({ state, model, warn, signal });
    const prompt = element("input", { type: "text", attributes: { "aria-label": "What it writes on from" } });
    prompt.addEventListener("change", () => state.set({ prompt: prompt.value }));

    const go = element("button", { type: "button" }, ...withKey("▶ Start (s)"));
    const one = element("button", { type: "button" }, ...withKey("One step (t)"));
    const reset = element("button", { type: "button" }, ...withKey("Reset (r)"));
    const save = element("button", { type: "button", disabled: true }, "Save the model");
    const keptWords = element("p", { attributes: { role: "status" } });
    const numbers = element("dl", { className: "training-numbers" });
    const loss = element("div");
    const rate = element("div");
    const strip = heatmap("The norm of each weight's gradient at each step.", 12);
    const norms = element(
      "div",
      {},
      element("h3", {}, "Gradient norms: a row a weight, a column a step, brighter is larger"),
      strip.root,
    );
    const { roots: writtenRoots, draw: drawWritten, goToLast } = written();
    const table = asTable(() => tableOf(run));
    const logTable = asTable(() => logTableOf(openedRun()?.log));
    root.append(
      ...settingRoots,
      element(
        "div",
        { className: "training-run" },
        element("div", { className: "insight-bar" }, go, one, reset, save),
        keptWords,
        numbers,
        loss,
      ),
      rate,
      norms,
      element("h3", {}, "What it writes"),
      element("label", {}, "goes on from ", prompt),
      ...writtenRoots,
      table.root,
      logTable.root,
    );

    let run: Run | undefined;
    let former: Run | undefined;
    let starting: Promise<Run | undefined> | undefined;
    let isRunning = false;

    const load = () =>
      Promise.all([
        siteText("base/text.txt", signal),
        holder.open("base-3125").then(() => model.call("prepareTraining", null, signal)),
      ]);
    // Loaded with the view, so that a run can begin without a connection.
    let loading: ReturnType<typeof load> | undefined = load();
    loading.then(
      () => {
        root.dataset["loaded"] = "";
      },
      () => {
        loading = undefined;
      },
    );

    const plan = async (): Promise<TrainingPlan> => {
      const { prompt: _, text: own, ...rest } = state.values;
      loading ??= load();
      const [usual] = await loading;
      return { ...rest, text: own || usual };
    };

    /** The run of these settings; it is made with the first step. */
    async function started(): Promise<Run | undefined> {
      starting ??= (async () => {
        const wanted = await plan();
        await holder.open(openedRun()?.tokenizer && openedRun()?.models.length ? "own" : "base-3125");
        const { values } = state;
        const start = await model.call("startTraining", wanted, signal);
        run = { start, records: [] };
        kept.set(model, { run, former, values, reader: openedRun() });
        render();
        return run;
      })();
      try {
        return await starting;
      } catch (error) {
        starting = undefined;
        if (!signal.aborted) warn(messageOf(error));
        return undefined;
      }
    }

    /** @returns whether the run goes on */
    async function advance(milliseconds: number, most: number): Promise<boolean> {
      const mine = await started();
      if (!mine || mine !== run) return false;
      const done = mine.records.length;
      const isDue = done === 0 || samplesOf(mine).at(-1)!.step * 1.5 <= done + 1;
      try {
        const stretch = {
          milliseconds,
          most: isDue ? 1 : most,
          ...(isDue && { prompt: state.values.prompt }),
        };
        // Without the view's signal: the engine makes these steps in any case, and the run has them when the view is opened again.
        const records = await model.call("trainingSteps", stretch);
        mine.records.push(...records);
        if (mine !== run || signal.aborted) return false;
        keptWords.textContent = "";
        warn(undefined);
        render();
        return records.length > 0 && mine.records.length < state.values.steps;
      } catch (error) {
        if (!signal.aborted) warn(messageOf(error));
        return false;
      }
    }

    async function play(): Promise<void> {
      isRunning = !isRunning;
      go.replaceChildren(...withKey(isRunning ? "❚❚ Pause (s)" : "▶ Go on (s)"));
      if (!isRunning) return;
      while (isRunning && !signal.aborted && (await advance(120, 50)));
      isRunning = false;
      go.replaceChildren(...withKey("▶ Go on (s)"));
      const last = run?.records.at(-1);
      if (last) say(`Step ${last.step}: a loss of ${last.loss.toFixed(2)} nats.`);
    }

    function begin(): void {
      const last = run ?? kept.get(model)?.run;
      if (last && last.records.length > 1) former = last;
      take(undefined);
    }

    /** Shows a run as it is, or none. */
    function take(next: Run | undefined): void {
      run = next;
      starting = next && Promise.resolve(next);
      isRunning = false;
      goToLast();
      go.replaceChildren(...withKey(next ? "▶ Go on (s)" : "▶ Start (s)"));
      const { length } = next?.records ?? [];
      keptWords.textContent = next
        ? `This run has made ${counted(length, "step")}, and goes on from there. Reset begins anew.`
        : "";
      render();
    }

    function startAnew(): void {
      begin();
      kept.delete(model);
    }

    /** The run that these settings had, if the engine still has it. */
    function runOf(values: TrainingState): Kept | undefined {
      const found = kept.get(model);
      return found && found.reader === openedRun() && isSamePlan(found.values, values) ? found : undefined;
    }

    async function download(): Promise<void> {
      const files = await model.call("trainedFiles", null, signal);
      for (const [name, bytes] of Object.entries(files)) {
        const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
        element("a", { href: url, download: name }).click();
        URL.revokeObjectURL(url);
      }
    }

    function render(): void {
      const last = run?.records.at(-1);
      root.dataset["step"] = `${last?.step ?? 0}`;
      save.disabled = !last;
      numbers.replaceChildren(
        ...Object.entries({
          step: `${thousands(last?.step ?? 0)} of ${thousands(state.values.steps)}`,
          loss: last ? last.loss.toFixed(3) : "–",
          "learning rate": last ? last.lr.toPrecision(3) : "–",
          "gradient norm": last ? last.gradNorm.toFixed(3) : "–",
          "tokens a second": last ? thousands(Math.round(last.tokensPerSecond)) : "–",
          weights: run ? thousands(run.start.numParameters) : "–",
          "computed on": run ? run.start.device : "–",
        }).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
      );
      const log = openedRun()?.log;
      const lines = { records: run?.records ?? [], former: former?.records ?? [], log };
      loss.innerHTML = run || log ? lossChart(run?.start.baselines, lines) : "";
      logTable.root.hidden = !log;
      logTable.refresh();
      rate.innerHTML = run ? rateChart(run.records) : "";
      norms.hidden = !run;
      if (run) strip.draw(gradientGrid(run.start.parameters, run.records));
      drawWritten(run, state.values.prompt);
      table.refresh();
      tell({
        ...(last && run && { ...run.start.baselines, step: last.step, loss: last.loss }),
        ...{ steps: state.values.steps, logSteps: log?.steps.length },
        ...{ logFirst: log?.steps[0]?.loss, logLast: log?.steps.at(-1)?.loss },
      });
    }

    go.addEventListener("click", play);
    one.addEventListener("click", () => void advance(0, 1));
    reset.addEventListener("click", startAnew);
    save.addEventListener("click", download);
    let last: TrainingState | undefined;
    let runSeen = openedRun();
    return {
      update() {
        const { values } = state;
        // The tokenizer is another one then.
        if (runSeen !== openedRun()) last = undefined;
        runSeen = openedRun();
        follow(values);
        prompt.value = values.prompt;
        const isSame = last && isSamePlan(last, values);
        last = values;
        if (isSame) return;
        const own = runOf(values);
        if (!own) begin();
        else if (own.run !== run) {
          former = own.former;
          take(own.run);
        }
      },
      keys: [
        { key: "s", does: "starts, pauses and goes on", run: () => void play() },
        { key: "t", does: "makes one step", run: () => void advance(0, 1) },
        { key: "r", does: "begins anew; the run so far stays as a dashed line", run: startAnew },
      ],
    };
  },
};
