import { element } from "../element.js";
import { chosenFiles, type NamedFile } from "./named-file.js";

/** The files of GPT-2, the smallest first. */
const GPT2 = "config.json (1 kB), merges.txt (0.5 MB), vocab.json (1 MB) and model.safetensors (548 MB)";

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
      "A run of yours is a folder: choose it below, or drop it on this page. What is known in it is opened: a model (model.safetensors with config.json and tokenizer.json), the log of its training (log.jsonl), the documents that were dropped (drops.jsonl). The files are read in this page, and nothing of them leaves it.",
    ),
    element(
      "p",
      {},
      "GPT-2, a published model with 124 million weights, is opened in the same way, once its files are on your disk:",
    ),
    element(
      "ol",
      {},
      element(
        "li",
        {},
        "Go to ",
        element(
          "a",
          {
            href: "https://huggingface.co/openai-community/gpt2/tree/main",
            target: "_blank",
            rel: "noopener",
          },
          "openai-community/gpt2 (a new tab)",
        ),
        ", and download four files from the list there.",
      ),
      element("li", {}, `They are ${GPT2}. Put them into one folder, by just these names.`),
      element("li", {}, "Choose that folder below. You are told how much memory it takes, and asked first."),
      element(
        "li",
        {},
        "Then every view shows what GPT-2 does with your text; a new text takes some seconds.",
      ),
    ),
    element(
      "p",
      {},
      "A file that is missing, cut short or too large is named here, and what was open before stays.",
    ),
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
