import { element } from "../element.js";
import type { Film, VocabularyName } from "../engine/tokens.js";
import type { Facts } from "../facts.js";
import { messageOf } from "../message-of.js";
import { siteText } from "../models.js";
import { type OpenedRun, openedRun } from "../run/opened-run.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import { dialoguePanel } from "./tokens/dialogue.js";
import { type Change, fields, type TokensState } from "./tokens/fields.js";
import { filmPanel } from "./tokens/film.js";
import { mergeTree } from "./tokens/merge-tree.js";
import { type Column, playground } from "./tokens/playground.js";
import { readDialogue } from "./tokens/read-dialogue.js";

/** Text as the model sees it, and how the vocabulary for it was learned. */
export const tokens: View<typeof fields> = {
  name: "tokens",
  title: "Tokens",
  question: "What does a model see instead of letters, and who decided what a token is?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const change: Change = (patch, kind) => state.set(patch, kind);
    const text = playground({ change, warn, opened: (file) => void readFile(file) });
    const shownFilm = filmPanel({ change, warn, say });
    const word = element("input", { type: "text", attributes: { "aria-label": "A word" } });
    word.addEventListener("input", () => change({ word: word.value }, "drift"));
    const tree = element("div");
    const dialogue = dialoguePanel(change);
    root.append(
      text.root,
      shownFilm.root,
      element("h3", {}, "The merge tree of a word"),
      word,
      tree,
      dialogue.root,
    );

    let film: Film | undefined;
    let filmOf = "";
    let running: AbortController | undefined;
    let opened: Promise<void> | undefined;
    let fileName = "";
    let runSeen: OpenedRun | undefined;

    async function readFile(chosen: File): Promise<void> {
      try {
        await opened;
        fileName = await model.call(
          "readVocabulary",
          { name: chosen.name, content: await chosen.text() },
          signal,
        );
        warn(undefined);
        change({ second: "file" });
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
        const columns = await columnsOf(values, mine);
        const traced = await model.call("mergeTree", { word: values.word, vocabulary: "text" }, mine);
        mine.throwIfAborted();
        warn(
          values.second === "file" && !fileName
            ? "A link does not carry a file: choose your vocabulary again."
            : undefined,
        );
        text.draw(columns, values);
        drawFilm();
        tree.replaceChildren(mergeTree(traced));
        dialogue.draw(await chatOf(values, mine), values);
        const own = columns.find(({ name }) => runSeen && name === fileName);
        tell(factsOf(own ?? columns[0]!, own ? "your run's vocabulary" : "the site's vocabulary"));
        root.dataset["shown"] = wanted;
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    async function columnsOf(values: TokensState, mine: AbortSignal): Promise<Column[]> {
      const names: [VocabularyName, string][] = [["base", "The site's 512 tokens"]];
      if (values.second === "text")
        names.push(["text", `Learned from this text: ${film!.merges.length} merges`]);
      if ((values.second === "file" || runSeen) && fileName) names.push(["file", fileName]);
      const how = { text: values.text, specials: values.specials === "yes", budget: values.budget };
      const columns = [];
      for (const [vocabulary, name] of names) {
        columns.push({ name, tokens: await model.call("tokenize", { ...how, vocabulary }, mine) });
      }
      return columns;
    }

    /** The dialogue as tokens, or why it cannot be. A template is the reader's vocabulary's where there is one. */
    async function chatOf({ dialogue, form, template, second }: TokensState, mine: AbortSignal) {
      const vocabulary = form === "template" && second === "file" && fileName ? "file" : "text";
      try {
        const messages = readDialogue(dialogue);
        const wanted = { messages, vocabulary, ...(form === "template" && { template }) } as const;
        return await model.call("dialogue", wanted, mine);
      } catch (error) {
        mine.throwIfAborted();
        return messageOf(error);
      }
    }

    function drawFilm(): void {
      root.dataset["step"] = `${shownFilm.draw(film!, state.values)}`;
      root.dataset["pieces"] = `${film!.pieces.length}`;
    }

    signal.addEventListener("abort", shownFilm.pause);
    let last: TokensState | undefined;
    return {
      update() {
        const { values } = state;
        for (const panel of [text, shownFilm, dialogue]) panel.follow(values);
        if (word.value !== values.word) word.value = values.word;
        // The film's own steps need no worker.
        const isFilmOnly =
          last &&
          Object.keys(fields).every(
            (name) => name === "step" || last![name as "text"] === values[name as "text"],
          );
        last = values;
        if (isFilmOnly && film) drawFilm();
        else void compute();
      },
      keys: shownFilm.keys,
    };
  },
};

/** A text in one vocabulary. */
function factsOf({ tokens }: Column, vocabulary: string): Facts {
  return {
    vocabulary,
    bytes: tokens.reduce((sum, { bytes }) => sum + bytes.length, 0),
    tokens: tokens.length,
    pieces: tokens.map(({ text, id }) => `${visible(text)} (${id})`).join(", "),
  };
}
