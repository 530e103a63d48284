import { lineChart } from "@llm/platform/chart";
import { element } from "../element.js";
import type { Film, ShownToken, VocabularyName } from "../engine/tokens.js";
import { choiceField, numberField, textField } from "../fields.js";
import { siteText } from "../models.js";
import { type OpenedRun, openedRun } from "../run/opened-run.js";
import { asTable } from "../table.js";
import { hex, tokenLine, visible } from "../token-line.js";
import type { StateValues, View } from "../view.js";
import { readDialogue } from "./tokens/dialogue.js";
import { pairCounts, partsAfter, tokensPerByte } from "./tokens/film-state.js";
import { mergeTree } from "./tokens/merge-tree.js";

const fields = {
  text: textField("the cat sat on the mat, and the rat that sat there sang: naïve café 🐈"),
  second: choiceField("text", ["text", "file", "none"]),
  ids: choiceField("yes", ["yes", "no"]),
  space: choiceField("yes", ["yes", "no"]),
  specials: choiceField("no", ["yes", "no"]),
  budget: numberField(0, 0, 1e6),
  merges: numberField(40, 1, 2000),
  step: numberField(0, 0, 2000),
  word: textField(" that"),
  dialogue: textField("user: Where did the cat sit?\nassistant: On the mat."),
};

type TokensState = StateValues<View<typeof fields>>;

/** Pairs that race. */
const RACERS = 8;
/** Milliseconds that a merge is shown while the film plays. */
const PACE = 500;

/** Text as the model sees it, and how the vocabulary for it was learned. */
export const tokens: View<typeof fields> = {
  name: "tokens",
  title: "Tokens",
  question: "What does a model see instead of letters, and who decided what a token is?",
  fields,
  open(root, { state, model, say, warn, signal }) {
    const set = (name: keyof TokensState, value: unknown, kind: "step" | "drift" = "step") =>
      state.set({ [name]: value } as Partial<TokensState>, kind);
    const text = element("textarea", { rows: 3, attributes: { "aria-label": "Your text" } });
    text.addEventListener("input", () => state.set({ text: text.value, step: 0 }, "drift"));
    const checks = (
      [
        ["ids", "ids"],
        ["space", "white space"],
        ["specials", "special tokens in the text are made"],
      ] as const
    ).map(([name, words]) => {
      const box = element("input", { type: "checkbox" });
      box.addEventListener("change", () => set(name, box.checked ? "yes" : "no"));
      return { name, box, root: element("label", {}, box, ` ${words}`) };
    });
    const numberOf = (name: "budget" | "merges", words: string) => {
      const input = element("input", { type: "number", attributes: { min: "0" } });
      input.addEventListener("change", () => {
        const value = fields[name].read(input.value);
        if (value === undefined || !Number.isInteger(value))
          warn(`${words} cannot be ${input.value || "empty"}.`);
        else state.set({ [name]: value, ...(name === "merges" && { step: 0 }) });
      });
      return { name, input, root: element("label", {}, `${words} `, input) };
    };
    const numbers = [
      numberOf("budget", "cut into pieces of at most so many tokens (0: none)"),
      numberOf("merges", "merges to learn"),
    ];
    const second = element(
      "select",
      {},
      element("option", { value: "text" }, "learned from this text"),
      element("option", { value: "file" }, "your file"),
      element("option", { value: "none" }, "none"),
    );
    second.addEventListener("change", () => set("second", second.value));
    const file = element("input", {
      type: "file",
      attributes: { "aria-label": "tokenizer.json or a .tiktoken file" },
    });
    file.addEventListener("change", () => void readFile(file.files?.[0]));

    const lines = element("div", { className: "token-columns" });
    const table = asTable(() => tokensTable(shown));
    const slide = element("input", {
      type: "range",
      attributes: { min: "0", "aria-label": "Merges so far" },
    });
    slide.addEventListener("input", () => set("step", Number(slide.value), "drift"));
    const play = element("button", { type: "button" }, "▶ Play (p)");
    const backward = element("button", { type: "button" }, "One back (j)");
    const forward = element("button", { type: "button" }, "One merge (k)");
    const caption = element("p");
    const filmText = element("div");
    const race = element("ol", {
      className: "race",
      attributes: { "aria-label": "The most frequent pairs" },
    });
    const curve = element("div");
    const filmTable = asTable(() => mergesTable(film));
    const word = element("input", { type: "text", attributes: { "aria-label": "A word" } });
    word.addEventListener("input", () => set("word", word.value, "drift"));
    const tree = element("div");
    const dialogue = element("textarea", { rows: 4, attributes: { "aria-label": "A dialogue" } });
    dialogue.addEventListener("input", () => set("dialogue", dialogue.value, "drift"));
    const chat = element("div");
    root.append(
      element("h3", {}, "Your text as tokens"),
      text,
      element("div", { className: "insight-fields" }, ...checks.map(({ root }) => root), numbers[0]!.root),
      element(
        "div",
        { className: "insight-fields" },
        element("label", {}, "Beside the site's vocabulary: ", second),
        file,
      ),
      lines,
      table.root,
      element("h3", {}, "The film: how a vocabulary is learned from it"),
      element("div", { className: "insight-bar" }, play, backward, forward, numbers[1]!.root),
      slide,
      caption,
      filmText,
      race,
      curve,
      filmTable.root,
      element("h3", {}, "The merge tree of a word"),
      word,
      tree,
      element("h3", {}, "A dialogue: what the model reads, and underlined what it learns to write"),
      dialogue,
      chat,
    );

    let film: Film | undefined;
    let filmOf = "";
    let shown: { name: string; tokens: readonly ShownToken[] }[] = [];
    let running: AbortController | undefined;
    let playing: ReturnType<typeof setInterval> | undefined;
    let opened: Promise<void> | undefined;
    let fileName = "";
    let runSeen: OpenedRun | undefined;

    async function readFile(chosen: File | undefined): Promise<void> {
      if (!chosen) return;
      try {
        await opened;
        await model.call("readVocabulary", { name: chosen.name, content: await chosen.text() }, signal);
        fileName = chosen.name;
        warn(undefined);
        set("second", "file");
      } catch (error) {
        warn(messageOf(error));
      }
    }

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const { values } = state;
      try {
        opened ??= siteText("base/tokenizer.json", signal).then((json) => model.call("openVocabulary", json));
        await opened;
        const run = openedRun();
        if (run?.tokenizer && run !== runSeen) {
          await model.call("readVocabulary", { name: "tokenizer.json", content: run.tokenizer }, mine);
          [runSeen, fileName] = [run, "Your run's tokenizer.json"];
        }
        const wanted = `${values.merges} ${values.text}`;
        if (filmOf !== wanted) {
          const made = await model.call("film", { text: values.text, merges: values.merges }, mine);
          mine.throwIfAborted();
          [film, filmOf] = [made, wanted];
        }
        const names: [VocabularyName, string][] = [["base", "The site's 512 tokens"]];
        if (values.second === "text")
          names.push(["text", `Learned from this text: ${film!.merges.length} merges`]);
        if ((values.second === "file" || runSeen) && fileName) names.push(["file", fileName]);
        const how = { text: values.text, specials: values.specials === "yes", budget: values.budget };
        const columns = [];
        for (const [vocabulary, name] of names) {
          columns.push({ name, tokens: await model.call("tokenize", { ...how, vocabulary }, mine) });
        }
        shown = columns;
        const traced = await model.call("mergeTree", { word: values.word, vocabulary: "text" }, mine);
        warn(undefined);
        renderLines();
        renderFilm();
        tree.replaceChildren(mergeTree(traced));
        await renderDialogue(mine);
        root.dataset["shown"] = wanted;
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    function renderLines(): void {
      const { ids, space } = state.values;
      lines.replaceChildren(
        ...shown.map(({ name, tokens }) => {
          const bytes = tokens.reduce((sum, token) => sum + token.bytes.length, 0);
          return element(
            "section",
            { attributes: { "aria-label": name } },
            element("h4", {}, name),
            element(
              "p",
              {},
              `${tokens.length} tokens for ${bytes} bytes: ${(tokens.length / Math.max(1, bytes)).toFixed(3)} a byte`,
            ),
            tokenLine(
              tokens.map(({ id, text, isSpecial, cut }) => ({
                id,
                text,
                className: `${isSpecial ? "special" : ""} ${cut ? "cut" : ""}`,
              })),
              {
                label: name,
                ids: ids === "yes",
                space: space === "yes",
                words: (at) =>
                  `token ${tokens[at]!.id}: ${JSON.stringify(tokens[at]!.text)}, bytes ${hex(tokens[at]!.bytes)}`,
              },
            ),
          );
        }),
      );
      table.refresh();
    }

    function renderFilm(): void {
      if (!film) return;
      const { merges, tokens: texts, order, pieces } = film;
      const step = Math.min(state.values.step, merges.length);
      slide.max = `${merges.length}`;
      slide.value = `${step}`;
      const last = merges[step - 1];
      const parts = partsAfter(film, step);
      caption.textContent = last
        ? `Merge ${step} of ${merges.length}: ${shownPair(texts, last.left, last.right)}, ${last.count} times, becomes token ${last.id}.`
        : `No merge yet, of ${merges.length}: every byte is a token.`;
      const line = order
        .flatMap((piece) => parts[piece]!)
        .map((id) => ({
          id,
          text: texts[id]!,
          className: id === last?.id ? "joined" : "",
        }));
      filmText.replaceChildren(
        tokenLine(line, {
          label: "The text after these merges",
          ids: false,
          space: state.values.space === "yes",
          words: (at) => `token ${line[at]!.id}: ${JSON.stringify(line[at]!.text)}`,
        }),
      );
      const pairs = pairCounts(film, step).slice(0, RACERS);
      race.replaceChildren(
        ...pairs.map(({ left, right, count }) => {
          const bar = element("i", { className: "race-bar" });
          bar.style.width = `${(100 * count) / pairs[0]!.count}%`;
          const row = element(
            "li",
            {},
            bar,
            element("span", { className: "race-name" }, shownPair(texts, left, right)),
            element("span", { className: "race-count" }, String(count)),
          );
          row.dataset["pair"] = `${left} ${right} ${count}`;
          return row;
        }),
      );
      const perByte = tokensPerByte(film);
      curve.innerHTML = lineChart({
        title: "Tokens per byte",
        description: `After ${step} merges ${perByte[step]!.toFixed(3)}; after all ${perByte.at(-1)!.toFixed(3)}.`,
        xLabel: "merges",
        yLabel: "tokens per byte",
        series: [
          { name: "", points: perByte.map((value, at) => [at, value]), colour: "one" },
          { name: "now", points: [[step, perByte[step]!]], colour: "two", dots: true },
        ],
      }).markup;
      root.dataset["step"] = `${step}`;
      root.dataset["pieces"] = `${pieces.length}`;
      filmTable.refresh();
    }

    async function renderDialogue(mine: AbortSignal): Promise<void> {
      try {
        const rendered = await model.call("dialogue", readDialogue(state.values.dialogue), mine);
        chat.replaceChildren(
          tokenLine(
            rendered.map(({ id, text, isSpecial, learn }) => ({
              id,
              text,
              className: `${isSpecial ? "special" : ""} ${learn ? "learn" : ""}`,
            })),
            {
              label: "The dialogue as tokens",
              ids: state.values.ids === "yes",
              space: state.values.space === "yes",
              words: (at) =>
                `token ${rendered[at]!.id}: ${JSON.stringify(rendered[at]!.text)}, ${rendered[at]!.learn ? "counts in the loss" : "is only read"}`,
            },
          ),
        );
      } catch (error) {
        if (!mine.aborted) chat.textContent = messageOf(error);
      }
    }

    const goTo = (step: number) =>
      set("step", Math.max(0, Math.min(film?.merges.length ?? 0, step)), "drift");
    const pause = () => {
      clearInterval(playing);
      playing = undefined;
      play.textContent = "▶ Play (p)";
    };
    const toggle = () => {
      if (playing) {
        pause();
        say(caption.textContent ?? "");
        return;
      }
      if (film && state.values.step >= film.merges.length) goTo(0);
      play.textContent = "❚❚ Pause (p)";
      playing = setInterval(() => {
        if (!film || state.values.step >= film.merges.length) pause();
        else goTo(state.values.step + 1);
      }, PACE);
    };
    const by = (steps: number) => {
      goTo(state.values.step + steps);
      say(caption.textContent ?? "");
    };
    play.addEventListener("click", toggle);
    backward.addEventListener("click", () => by(-1));
    forward.addEventListener("click", () => by(1));
    signal.addEventListener("abort", pause);

    let last: TokensState | undefined;
    return {
      update() {
        const { values } = state;
        for (const { name, box } of checks) box.checked = values[name] === "yes";
        for (const { name, input } of numbers) input.value = `${values[name]}`;
        second.value = values.second;
        for (const [field, input] of [
          ["text", text],
          ["word", word],
          ["dialogue", dialogue],
        ] as const) {
          if (input.value !== values[field]) input.value = values[field];
        }
        // The film's own steps need no worker.
        const isFilmOnly =
          last &&
          Object.keys(fields).every(
            (name) => name === "step" || last![name as "text"] === values[name as "text"],
          );
        last = values;
        if (isFilmOnly && film) renderFilm();
        else void compute();
      },
      keys: [
        { key: "p", does: "plays and stops the film", run: toggle },
        { key: "j", does: "goes one merge back", run: () => by(-1) },
        { key: "k", does: "makes one merge", run: () => by(1) },
      ],
    };
  },
};

function shownPair(texts: readonly string[], left: number, right: number): string {
  return `${visible(texts[left]!)} + ${visible(texts[right]!)}`;
}

function tokensTable(shown: readonly { name: string; tokens: readonly ShownToken[] }[]) {
  return {
    caption: "Tokens in order",
    head: ["vocabulary", "id", "token", "bytes", "special"],
    rows: shown.flatMap(({ name, tokens }) =>
      tokens.map(({ id, text, bytes, isSpecial }) => [name, id, text, hex(bytes), isSpecial ? "yes" : "no"]),
    ),
  };
}

function mergesTable(film: Film | undefined) {
  return {
    caption: "Merges in order",
    head: ["merge", "left", "right", "id", "token", "times"],
    rows: (film?.merges ?? []).map(({ left, right, id, count }, i) => [
      i + 1,
      left,
      right,
      id,
      film!.tokens[id]!,
      count,
    ]),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
