import { element } from "./element.js";
import { FIRST_TEXT, WANTED } from "./models.js";

/** Texts of the kind that a model was trained on, by the start of its name; the usual one first. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  base: [FIRST_TEXT, "The loss is", "A token is", "import { Gpt } from", "npm run"],
  sorter: ["C B A B B C", "A A C C B B", "B A B A B A", "C C C A A A"],
  copier: ["d 7 k b p 3 d 7 k b p 3", "a b c d e a b c", "m 4 m 4 m", "1 2 3 4 5 6 7 8 1 2 3"],
  assistant: ["What is 3+5? 3+5=", "What is 7+2? 7+2=", "What is 9+9? 9+9=", "What is 3+5?"],
};

/** What a model can be expected to know, and the way to what knows more. */
const NOTES: Readonly<Record<string, () => readonly (string | Node)[]>> = {
  base: () => [
    "The base model is tiny: it writes in the manner of this site's text, and knows little else. ",
    openOther("Open GPT-2"),
  ],
  sorter: () => ["It sorts six letters, and knows nothing else."],
  copier: () => ["It reads single digits and letters up to v, and repeats what came before."],
  assistant: () => [
    "Made for sums of two digits. Here a text is read without a dialogue's tokens; with them, in ",
    element("a", { href: "#v1/before?part=models" }, "Base and after"),
    ".",
  ],
};

/** Leads to where another model is opened. */
function openOther(words: string): HTMLElement {
  const button = element("button", { type: "button" }, words);
  button.addEventListener("click", () => button.dispatchEvent(new Event(WANTED, { bubbles: true })));
  return button;
}

// The reader's own models are of any kind.
const familyOf = (model: string) => (model in TEXTS ? model : (model.split("-")[0] ?? ""));

const textsFor = (model: string) => TEXTS[familyOf(model)] ?? TEXTS["base"]!;

/** The text for a model in the place of another: one of its own for another's, or for the view's usual one; the reader's stays. */
export function exampleFor(model: string, text: string, usual = FIRST_TEXT): string {
  const own = textsFor(model);
  const isExample = text === usual || Object.values(TEXTS).some((texts) => texts.includes(text));
  if (!isExample || own.includes(text)) return text;
  return own === TEXTS["base"] ? usual : own[0]!;
}

/** A list of texts to try, and what the model can be expected to know. */
export function exampleChooser(chosen: (text: string) => void): {
  root: HTMLElement;
  /** Offers those for a model. */
  offer(model: string): void;
} {
  const select = element("select", { attributes: { "aria-label": "Texts to try" } });
  const note = element("small");
  select.addEventListener("change", () => {
    chosen(select.value);
    select.value = "";
  });
  let offered = "";
  return {
    root: element("p", { className: "insight-bar insight-examples" }, select, note),
    offer(model) {
      const family = familyOf(model);
      if (family === offered) return;
      offered = family;
      note.replaceChildren(...(NOTES[family]?.() ?? []));
      select.replaceChildren(
        element("option", { value: "" }, "Try a text…"),
        ...textsFor(model).map((text) => element("option", { value: text }, text)),
      );
    },
  };
}
