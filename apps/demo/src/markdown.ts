import { rewrite, type Step } from "@llm/dataset";

/**
 * A step that turns Markdown documents into the text a reader sees: without code blocks, link
 * targets, badges, tables and marks. What stays is prose, which is what the filters behind it judge.
 */
export function markdownText(): Step {
  return rewrite("markdownText", function* (document) {
    if (document.meta["mediaType"] !== "text/markdown") return document;
    const text = plainText(document.text);
    if (text === "") yield { keep: false, reason: "no_prose", metric: "characters", value: 0, threshold: 1 };
    const title = headingOf(document.text);
    const meta = { ...document.meta, mediaType: "text/plain", ...(title && { title }) };
    return { ...document, text, meta };
  });
}

/** The first heading of a Markdown document, as a reader sees it; empty where there is none. */
function headingOf(markdown: string): string {
  const [, heading = ""] = /^#{1,2}[ \t]+(.+)$/m.exec(markdown) ?? [];
  return plainText(`# ${heading}`);
}

/** The text of a Markdown document; paragraphs become single lines, as in extracted pages. */
export function plainText(markdown: string): string {
  const source = markdown
    .replace(/\r\n?/g, "\n")
    .replace(/^\uFEFF?---\n[\s\S]*?\n---\n/, "") // front matter
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(pre|table|script|style|details)\b[\s\S]*?<\/\1>/gi, "\n");
  const lines: string[] = [];
  let fence = "";
  let open = false; // whether the last line may be continued
  for (const raw of source.split("\n")) {
    const mark = /^\s*(?:>\s*)*(`{3,}|~{3,})/.exec(raw)?.[1];
    if (fence) {
      if (mark && mark[0] === fence[0] && mark.length >= fence.length) fence = "";
      continue;
    }
    if (mark) {
      fence = mark;
      open = false;
      continue;
    }
    if (isNoProse(raw)) {
      open = false;
      continue;
    }
    const line = inline(raw.replace(/^\s*(?:>\s?)+/, "").trim());
    const starts = /^(?:[-*+]|\d{1,3}[.)])\s|^#/.test(line);
    const content = line.replace(/^#{1,6}\s+(.*?)\s*#*$/, "$1").replace(/^[*+]\s/, "- ");
    if (content === "" || content === "-") continue;
    if (open && !starts) lines[lines.length - 1] += ` ${content}`;
    else lines.push(content);
    open = !/^#/.test(line);
  }
  return lines.join("\n");
}

/** Blank lines, rules, underlines, tables, indented code, link definitions and lone brackets. */
function isNoProse(line: string): boolean {
  return (
    /^\s*$/.test(line) ||
    /^\s*(?:[-*_=]\s*){3,}$/.test(line) ||
    /^\s*\|.*\|/.test(line) ||
    /^(?: {4}|\t)\s*(?![-*+\d\s])/.test(line) ||
    /^\s*\[[^\]]+\]:\s/.test(line)
  );
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", copy: "©" };

function inline(line: string): string {
  return line
    .replace(/\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)/g, "") // a badge: an image in a link
    .replace(/\[!\[[^\]]*\]\[[^\]]*\]\]\[[^\]]*\]/g, "")
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/g, "")
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/<(https?:[^>]*|[\w.+-]+@[\w.-]+)>/g, "$1")
    .replace(/<\/?[a-zA-Z][^>]*>/g, "")
    .replace(/(`+)(.+?)\1/g, "$2")
    .replace(/(\*\*|__)(?=\S)(.+?)\1/g, "$2")
    .replace(/(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])/g, "$2")
    .replace(/&(\w+);/g, (all, name: string) => entities[name] ?? all)
    .replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, "$1")
    .trim();
}
