import type { DefaultTheme } from "vitepress";

type Options = NonNullable<DefaultTheme.LocalSearchOptions>;

/** Of an API page only the headings and the first words under each: a reader searches for names there. */
function outline(source: string): string {
  const lines = source.replace(/^```[\s\S]*?^```$/gm, "").split("\n");
  return lines.filter((line) => /^(# |#+ .*\(\)|[A-Z][^|]*$)/.test(line)).join("\n\n");
}

/** Only what says something new about a page: the formulas' MathML and the examples' code are left out. */
const render: Options["_render"] = (source, env, md) => {
  const api = env.relativePath.startsWith("api/");
  const html = md.render(api ? outline(source) : source.replace(/^<<<.*$/gm, ""), env);
  return html.replace(/<mjx-container[\s\S]*?<\/mjx-container>/g, "");
};

/** Sent to the page as text, so that it may use nothing from around it. Chapters explain a word, API pages use it. */
function boostDocument(id: string): number {
  if (id.includes("/chapters/")) return 4;
  if (id.includes("/api/")) return 0.2;
  return 1;
}

/** Words that differ by spelling only are one, as are a tokenizer and what it does. Sent to the page as text, too. */
function processTerm(term: string): string {
  return term
    .toLowerCase()
    .replace(/^tokeniz/, "tokenis")
    .replace(/^tokenis(e|er|ers|ing|ations?)$/, "tokenisation")
    .replace(/(?<=\w{3})iz(ed?|er|ers|ing|ations?)$/, "is$1");
}

export const search: Options = {
  _render: render,
  miniSearch: { options: { processTerm }, searchOptions: { boostDocument } },
};
