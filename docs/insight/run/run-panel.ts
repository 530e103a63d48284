import { element } from "../element.js";
import { chosenFiles, type NamedFile } from "./named-file.js";

/** The files of GPT-2, the smallest first. */
const GPT2 = ["config.json (1 kB)", "merges.txt (0.5 MB)", "vocab.json (1 MB)", "model.safetensors (548 MB)"];

/** Where the reader opens a run: files, or the folder that has them. */
export function runPanel(open: (files: readonly NamedFile[]) => void): {
  root: HTMLElement;
  /** What is said takes the place of a question: the answer is no. */
  say(words: string): void;
  /** Brings the reader to where a folder is chosen. */
  lead(): void;
  /** Asks a question, and says whether the answer is yes. */
  ask(words: string): Promise<boolean>;
} {
  const input = (label: string, isFolder: boolean) => {
    const field = element("input", {
      type: "file",
      multiple: true,
      ...(isFolder && { webkitdirectory: true }),
    });
    field.addEventListener("change", () => {
      const files = chosenFiles(field.files);
      // The same files may be chosen again, when they have changed.
      field.value = "";
      if (files.length > 0) open(files);
    });
    return element("label", {}, `${label} `, field);
  };
  const folder = input("or its folder", true);
  const words = element("p");
  const yes = element("button", { type: "button" }, "Open it");
  const no = element("button", { type: "button" }, "Leave it");
  const answers = element("p", { className: "insight-bar", hidden: true }, yes, no);
  let answer: (isYes: boolean) => void = () => {};
  yes.addEventListener("click", () => answer(true));
  no.addEventListener("click", () => answer(false));
  function say(sentence: string): void {
    answer(false);
    words.textContent = sentence;
  }
  const root = element(
    "details",
    { className: "insight-run" },
    element("summary", {}, "Open your run, or GPT-2"),
    element(
      "p",
      {},
      "Its model.safetensors with config.json and tokenizer.json, its log.jsonl, its drops.jsonl: choose them, or drop them on this page. They are read here, and nothing leaves the page.",
    ),
    element(
      "p",
      {},
      "A published model is opened, too. GPT-2 has 124 million weights; save these four files in one folder, from ",
      element(
        "a",
        {
          href: "https://huggingface.co/openai-community/gpt2/tree/main",
          target: "_blank",
          rel: "noopener",
        },
        "openai-community/gpt2 (a new tab)",
      ),
      ":",
    ),
    element("ol", {}, ...GPT2.map((file) => element("li", {}, file))),
    element("p", {}, "Then choose that folder here: every view shows what GPT-2 does with your text."),
    element("div", { className: "insight-fields" }, input("Files", false), folder),
    words,
    answers,
  );
  return {
    root,
    say,
    lead() {
      root.open = true;
      folder.querySelector("input")!.focus();
    },
    ask(sentence) {
      say(sentence);
      root.open = true;
      answers.hidden = false;
      return new Promise((resolve) => {
        answer = (isYes) => {
          answers.hidden = true;
          resolve(isYes);
        };
        yes.focus();
      });
    },
  };
}
