import { element } from "../element.js";
import type { Overview } from "../engine/inside.js";
import type { NextDraw, NextSettings } from "../engine/next.js";
import type { ModelInfo } from "../engine/opened.js";
import type { WordStarts } from "../engine/word-ends.js";
import { withKey } from "../key-hint.js";
import type { Key } from "../keys.js";
import { leadTo } from "../lead-to.js";
import { asTable, NOTHING_YET, type Table } from "../table.js";
import { thousands } from "../thousands.js";
import { visible } from "../token-line.js";
import { nameOf, settingSlider } from "./controls.js";
import type { NextState } from "./fields.js";
import { listedIn } from "./listed.js";
import { type NextActions, nextKeys } from "./next-keys.js";
import { expOf, isPartial, nextRows } from "./next-list.js";
import { softmaxWords } from "./softmax-words.js";
import { ENDS_NOTE, wordEnds } from "./word-ends.js";

/** Lines of tokens where it stands by itself. */
const LINES = 2;

/** A pass whose next token is meant. */
interface Pass {
  readonly info: ModelInfo;
  readonly overview: Overview;
}

interface Actions {
  values(): NextState & { readonly text: string; readonly model: string };
  set(patch: Partial<NextState>): void;
  /** Gives the text another token at its end. */
  write(text: string): void;
  ask(settings: NextSettings): Promise<NextDraw>;
  /** How words go on that tokens begin. */
  ends(question: WordStarts): Promise<readonly string[]>;
  failed(error: unknown): void;
}

export interface NextTokens extends NextActions {
  /** All of it, where it stands by itself. */
  readonly root: HTMLElement;
  /** The tokens, and what is set and done with them. */
  readonly list: HTMLElement;
  readonly settings: HTMLElement;
  readonly controls: HTMLElement;
  /** What they mean, and their numbers as a table. */
  readonly notes: HTMLElement;
  readonly keys: readonly Key[];
  /** From logits to what is drawn, in numbers. */
  table(): Table;
  /** How softmax makes a share of the first, in words; empty: it is not there yet. */
  softmax(): string;
  /** undefined: nothing is known yet. */
  draw(pass: Pass | undefined): void;
  /** How many tokens there is room for. */
  room(count: number): void;
  /** Where it stands by itself: as many as fill its lines. */
  fill(): void;
  /** Whether it is not computed yet, in a run. */
  wait(isWaiting: boolean): void;
  /** Hears how probable each listed token is, whenever that changes. */
  watch(listener: (shares: readonly number[]) => void): void;
}

/**
 * What comes after the text: the most probable tokens as bars, what temperature, top-k and top-p make of them, and a draw. One that
 * is pressed or drawn is put behind the text, which runs through anew.
 */
export function nextTokens({ values, set, write, ask, ends, failed }: Actions): NextTokens {
  const rows = element("ol", { attributes: { "aria-label": "The most probable next tokens" } });
  const sliders = (["temperature", "topK", "topP"] as const).map((name) => settingSlider(name, set));
  const draw = element("button", { type: "button" }, ...withKey("Draw one (t)"));
  const list = element("div", { className: "stage next-list" }, rows, draw);
  const settings = element("div", { className: "next-settings" }, ...sliders.map(({ root }) => root));
  const reseed = element("button", { type: "button" }, "Another number");
  const drawn = element("output", { className: "next-drawn" });
  const more = element("a", { className: "next-more" }, "All stages, in Sampling");
  const note = element("p", { className: "stage-note" });
  const table = asTable(() => withWords(tableOf()), "what comes next");
  const controls = element("div", { className: "next-controls" }, ...[settings, reseed, drawn, more]);
  const notes = element("div", {}, note, table.root);
  const root = element(
    "section",
    { attributes: { "aria-label": "What comes next" } },
    element("h3", {}, "What comes next"),
    list,
    controls,
    notes,
  );

  let pass: Pass | undefined;
  let answer: NextDraw | undefined;
  /** What its logits were divided by. */
  let heat = 1;
  /** What was asked last, and when it is there. */
  let asked = "";
  let answered: Promise<void> = Promise.resolve();
  /** A pass has one next token: what is behind it is another pass's. */
  let isWritten = false;
  let count = 5;
  let listener: (shares: readonly number[]) => void = () => {};

  const words = wordEnds(ends, () => {
    for (const button of rows.querySelectorAll("button"))
      button.querySelector("b")!.dataset["end"] = words.of(Number(button.dataset["id"]));
    table.refresh();
  });

  /** Those that there is room for, what is drawn among them. */
  function listed(): NextDraw | undefined {
    if (!answer) return undefined;
    const { drawn, tokens } = answer;
    const first = tokens.slice(0, count);
    const own = tokens.find(({ id }) => id === drawn)!;
    return { ...answer, tokens: first.includes(own) ? first : [...first.slice(0, -1), own] };
  }

  const best = () => pass!.overview.lens.at(-1)!.best;

  function put(id: number): void {
    const { info } = pass!;
    const token = info.tokens[id]!;
    if (isWritten || isPartial(token)) return;
    isWritten = true;
    write(`${values().text}${info.isSpaced ? ` ${token}` : token}`);
  }

  async function putDrawn(): Promise<void> {
    const of = pass;
    await answered;
    if (pass === of && answer) put(answer.drawn);
  }

  function redraw(): void {
    const { info } = pass!;
    // A row that has the focus is another token's now, and keeps it.
    const buttons = () => [...rows.querySelectorAll("button")];
    const focused = buttons().indexOf(document.activeElement as HTMLButtonElement);
    rows.replaceChildren(
      ...nextRows({
        info,
        best: best().slice(0, count),
        answer: listed(),
        temperature: heat,
        end: words.of,
        put,
      }),
    );
    buttons()[focused]?.focus({ preventScroll: true });
    root.dataset["drawn"] = answer ? `${answer.drawn}` : "";
    draw.disabled = answer !== undefined && isPartial(info.tokens[answer.drawn]!);
    drawn.value = answer ? drawnWords(answer, info) : "";
    note.textContent = noteWords();
    listener(
      listed()?.tokens.map(({ p }) => p.at(-1) ?? 0) ??
        best()
          .slice(0, count)
          .map(({ p }) => p),
    );
    table.refresh();
  }

  function noteWords(): string {
    const below =
      heat === 0
        ? "its logit; at temperature 0 the highest is taken"
        : `its logit / temperature, and exp of how far that is below the highest; divided by the sum over all that are left, it is the share${sumWords()}. Of what is cut, the others take over the shares`;
    // From the first on, so that nothing moves when they come.
    const pale = pass!.info.isSpaced ? "" : ` ${ENDS_NOTE}`;
    const raw = (answer?.stages.length ?? 1) > 1 ? " In grey, above: the model's own share." : "";
    return `Press one, and it is put behind the text; g takes the first. Below each: ${below}.${raw}${pale}`;
  }

  /** Softmax of the first in numbers. */
  function sumWords(): string {
    const shared = answer && expOf(answer, answer.tokens[0]!.logit, heat);
    if (!shared) return "";
    return `. The highest has exp 1, and the sum is ${shared.sum.toPrecision(4)}`;
  }

  async function follow(settings: NextSettings, question: string): Promise<void> {
    const of = pass;
    const found = await ask(settings);
    // Another pass, or another question, may have come meanwhile.
    if (pass !== of || question !== asked || !of || placeOf(found) !== placeOf(of.overview)) return;
    answer = found;
    heat = settings.temperature;
    redraw();
    if (!of.info.isSpaced)
      words.follow(
        of,
        found.ids,
        found.tokens.map(({ id }) => id),
      );
  }

  function tableOf(): Table {
    if (!answer || !pass) return NOTHING_YET;
    const { tokens } = pass.info;
    // At temperature 0 nothing is divided.
    const divided = heat === 0 ? [] : ["logit / temperature", "exp(that − the highest)", "sum of those left"];
    return {
      caption: "From logits to what is drawn: the probability after each stage",
      head: [
        ...["id", "token", "logit", ...divided],
        ...answer.stages.map((stage) =>
          stage === "model" ? "share by the model" : `share after ${nameOf(stage)}`,
        ),
      ],
      rows: answer.tokens.map(({ id, logit, p }) => {
        const shared = expOf(answer!, logit, heat);
        return [
          ...[id, tokens[id]!, logit],
          ...(shared ? [logit / heat, shared.exp, shared.sum] : []),
          ...p.map((share) => share ?? "cut"),
        ];
      }),
    };
  }

  /** A column more, of words that a token begins. */
  function withWords({ head, rows, ...table }: Table): Table {
    const known = answer?.tokens.map(({ id }) => words.of(id)) ?? [];
    return { ...table, head: [...head, "goes on with"], rows: rows.map((row, i) => [...row, known[i]!]) };
  }

  function room(now: number): void {
    if (now === count) return;
    count = now;
    if (pass) redraw();
  }

  draw.addEventListener("click", () => void putDrawn());
  reseed.addEventListener("click", () => set({ seed: (values().seed + 1) % 2 ** 31 }));

  const acts: NextActions = {
    putFirst() {
      if (pass) put(best()[0]!.id);
    },
    putDrawn: () => void putDrawn(),
  };
  return {
    ...{ root, list, settings, controls, notes, ...acts, keys: nextKeys(acts), table: tableOf },
    softmax: () => (answer && pass ? softmaxWords(answer, pass.info.tokens, heat) : ""),
    draw(next) {
      root.hidden = !next;
      const isOther = next !== pass;
      pass = next;
      if (!next) return;
      const { text, model, temperature, topK, topP, seed } = values();
      for (const each of sliders) each.show({ temperature, topK, topP }[each.setting]);
      const settings = { temperature, topK, topP, seed };
      const written = Object.entries(settings).map(([name, value]) => [name, `${value}`]);
      leadTo(more, "sampling", { text, model, ...Object.fromEntries(written) });
      if (isOther) {
        answer = undefined;
        isWritten = false;
        redraw();
      }
      const question = JSON.stringify(settings);
      if (!isOther && question === asked) return;
      asked = question;
      answered = follow(settings, question).catch((error: unknown) => {
        if (pass === next) failed(error);
      });
    },
    room,
    fill() {
      const fit = () => {
        const beside = getComputedStyle(rows).gridTemplateColumns.split(" ").length;
        room(listedIn(LINES * beside));
      };
      // It changes the list's height: within one frame that would be a loop.
      new ResizeObserver(() => requestAnimationFrame(fit)).observe(rows);
    },
    wait(isWaiting) {
      rows.classList.toggle("waits", isWaiting);
      list.inert = isWaiting;
    },
    watch(heard) {
      listener = heard;
    },
  };
}

/** Which tokens of which text a pass has read, as far as what follows depends on it. */
const placeOf = ({ ids, before }: Pick<NextDraw, "ids" | "before">) => `${before} ${ids.join()}`;

function drawnWords({ u, drawn, left, span }: NextDraw, { tokens }: ModelInfo): string {
  const name = `"${visible(tokens[drawn]!)}"`;
  if (left === 1) return `Only ${name} can be drawn, whatever the random number is.`;
  const [from, to] = span.map((end) => end.toFixed(4));
  return `The random number ${u.toFixed(4)} falls on ${name}: of the ${thousands(left)} that can be drawn, side by side in order of token id, it goes from ${from} to ${to}.`;
}
