import { element } from "../element.js";
import { chosenFiles, type NamedFile } from "./named-file.js";

/** Where the reader opens a run: files, or the folder that has them. */
export function runPanel(open: (files: readonly NamedFile[]) => void): {
  root: HTMLElement;
  say(words: string): void;
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
  const words = element("p");
  return {
    root: element(
      "details",
      { className: "insight-run" },
      element("summary", {}, "Open your run"),
      element(
        "p",
        {},
        "Its model.safetensors with config.json and tokenizer.json, its log.jsonl, its drops.jsonl: choose them, or drop them on this page. They are read here, and nothing leaves the page.",
      ),
      element("div", { className: "insight-fields" }, input("Files", false), input("or its folder", true)),
      words,
    ),
    say(sentence) {
      words.textContent = sentence;
    },
  };
}
