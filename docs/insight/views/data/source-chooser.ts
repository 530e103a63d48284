import { element } from "../../element.js";
import { chosenFiles, type NamedFile } from "../../run/named-file.js";
import type { DataState } from "./fields.js";

interface Choices {
  choose(source: DataState["source"]): void;
  take(files: readonly NamedFile[]): void;
}

/** Which documents are looked at. */
export function sourceChooser({ choose, take }: Choices): {
  root: HTMLElement;
  draw(source: DataState["source"], hasDrops: boolean): void;
} {
  const run = element("option", { value: "run" }, "what your run dropped");
  const select = element(
    "select",
    {},
    element("option", { value: "pages" }, "40 pages that come with the site"),
    element("option", { value: "files" }, "your files"),
    run,
  );
  select.addEventListener("change", () => choose(select.value as DataState["source"]));
  const files = element("input", {
    type: "file",
    multiple: true,
    attributes: { "aria-label": "Your pages: .html, .txt, .md, .jsonl or .warc files" },
  });
  files.addEventListener("change", () => take(chosenFiles(files.files)));
  return {
    root: element("div", { className: "insight-bar" }, element("label", {}, "Documents: ", select), files),
    draw(source, hasDrops) {
      select.value = source;
      run.disabled = !hasDrops;
    },
  };
}
