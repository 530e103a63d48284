import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { scorePages, scoreShingles } from "../../bench/score.js";
import type { Document } from "../../src/document.js";
import { extract } from "../../src/extract/extract.js";
import { extractText } from "../../src/extract/extract-text.js";
import { pipeline } from "../../src/pipeline.js";

const data = process.env["LLM_DATA"] ?? new URL("../../../../../shared/data", import.meta.url).pathname;
const benchmark = join(data, "article-extraction");
const hasBenchmark = existsSync(benchmark);
if (!hasBenchmark) console.warn(`skipped: no article extraction benchmark at ${benchmark}`);

const sentence = "The river, which rises in the hills, runs past the mill and, later, into the sea. ";
const article = (body: string) =>
  `<html><body><nav><a href="/">Home</a></nav><article>${body}</article></body></html>`;

test("scores shingles as the public benchmark does", () => {
  expect(scoreShingles("a b c d e", "a b c d x")).toEqual({ precision: 0.5, recall: 0.5 });
  expect(scoreShingles("a b", "")).toEqual({ recall: 0 });
  expect(scorePages([{ precision: 1, recall: 0.5 }, { recall: 1 }]).f1).toBeCloseTo(0.857, 3);
});

test.skipIf(!hasBenchmark).each([
  ["balanced", 0.97],
  ["precision", 0.97],
] as const)("finds the articles of the public benchmark, %s: F1 at least %s", (favor, least) => {
  const truth: Record<string, { articleBody: string; url: string }> = JSON.parse(
    readFileSync(join(benchmark, "ground-truth.json"), "utf8"),
  );
  const scores = Object.entries(truth).map(([id, { articleBody, url }]) => {
    const html = gunzipSync(readFileSync(join(benchmark, "html", `${id}.html.gz`))).toString("utf8");
    return scoreShingles(articleBody, extractText(html, { url, favor }).text);
  });
  expect(scores).toHaveLength(181);
  expect(scorePages(scores).f1).toBeGreaterThan(least);
});

test("keeps headings, lists, tables and code as text, a line each", () => {
  const { text } = extractText(
    article(`<h1>Rivers</h1><p>${sentence.repeat(3)}</p><h2>Lengths</h2>
      <table><tr><th>River</th><th>km</th></tr><tr><td>Nile</td><td>6650</td></tr></table>
      <ul><li>first <b>point</b></li><li>second</li></ul><pre>if (x) {\n  y();\n}</pre><p>${sentence.repeat(3)}</p>`),
  );
  const prose = sentence.repeat(3).trim();
  expect(text.split("\n")).toEqual([
    prose,
    "Lengths",
    "River | km",
    "Nile | 6650",
    "- first point",
    "- second",
    "if (x) {",
    "  y();",
    "}",
    prose,
  ]);
});

test("leaves out navigation, advertising, sharing, comments, scripts and what is hidden", () => {
  const junk = ["nav-menu", "ad-banner", "social-share", "comments", "newsletter-signup"].map(
    (name) => `<div class="${name}"><p>JUNK ${name} is not the article.</p></div>`,
  );
  const { text } = extractText(
    article(`<p>${sentence.repeat(5)}</p>${junk.join("")}<script>JUNK</script><p style="display: none">JUNK</p>
      <p hidden>JUNK</p><aside>JUNK</aside><p>${sentence.repeat(5)}</p>`),
  );
  expect(text).not.toContain("JUNK");
  expect(text.split("\n")).toHaveLength(2);
});

test("reads title, date, author and language from what the page declares", () => {
  const page = extractText(
    `<html lang="en-GB"><head><title>Rivers | The Site</title><meta property="article:published_time" content="2019-11-20T10:00:00Z">
     <script type="application/ld+json">{"@graph":[{"headline":"Rivers &c","author":[{"name":"Ann Lee"},{"name":"Bo Ek"}]}]}</script></head>
     <body><p>${sentence.repeat(4)}</p></body></html>`,
  );
  expect(page).toMatchObject({
    title: "Rivers &c",
    date: "2019-11-20",
    author: "Ann Lee, Bo Ek",
    language: "en-gb",
  });
  expect(extractText("<title>Rivers - Site</title>", { url: "https://a.example/2020/03/07/rivers" })).toEqual(
    {
      text: "",
      title: "Rivers",
      date: "2020-03-07",
    },
  );
});

test("reads the byline where nothing is declared, and the day in a URL", () => {
  const byline = (markup: string, url = "") =>
    extractText(`<article>${markup}<p>${sentence.repeat(4)}</p></article>`, { url });
  expect(
    byline('<span class="article__byline">By Theresa May</span> <i class="post-date">18 Nov. 2019</i>'),
  ).toMatchObject({ author: "Theresa May", date: "2019-11-18" });
  expect(byline('<div class="Byline">Ann Lee and Bo Ek Monday, May 4th, 2020</div>')).toMatchObject({
    author: "Ann Lee and Bo Ek",
  });
  expect(byline("<time>04.05.2020</time>").date).toBe("2020-05-04");
  expect(byline("", "https://a.example/news/2019/nov/8/rivers/").date).toBe("2019-11-08");
  const none = byline('<p class="comment-form-author">Name</p><b class="date">3/4/2020</b>');
  expect("author" in none || "date" in none).toBe(false);
});

test("a title is without its site's name", () => {
  const title = (head: string, url = "") => extractText(head, { url }).title;
  const site = '<meta property="og:site_name" content="The Mill">';
  expect(title(`<meta property="og:title" content="Rivers - hills | The Mill">${site}`)).toBe(
    "Rivers - hills",
  );
  expect(
    title('<meta property="og:title" content="Rivers – Mill.example">', "https://www.mill.example/1"),
  ).toBe("Rivers");
  expect(title('<meta property="og:title" content="Rivers - hills">', "https://mill.example/")).toBe(
    "Rivers - hills",
  );
});

const hostile: [string, string][] = [
  ["100k nested divs", `${"<div>".repeat(100_000)}<p>${sentence}</p>${"</div>".repeat(100_000)}`],
  ["100k unclosed divs and closes of nothing", `${"<div>".repeat(100_000)}${"</p></span>".repeat(100_000)}`],
  ["line breaks without end", `<p>a${"<br>a".repeat(200_000)}</p>`],
  ["blank lines in pre", `<pre>a${"\n".repeat(1_000_000)}b</pre>`],
  ["nested lists", "<ul><li>".repeat(50_000)],
  [
    "deep JSON-LD",
    `<script type="application/ld+json">{"headline":"x","author":${"[".repeat(9999)}${"]".repeat(9999)}}</script>`,
  ],
  ["a table of 200k rows", `<table>${"<tr><td>a<td>b".repeat(200_000)}</table>`],
  ["a title like text of lone surrogates", `<title>x</title><p>${"\ud800".repeat(1_000_000)}`],
  ["100k open tables", "<table>".repeat(100_000)],
  ["50k attributes", `<p ${Array.from({ length: 50_000 }, (_, i) => `a${i}="x"`).join(" ")}>x`],
  [
    "entities, whole and broken",
    `<p title="${"&amp;".repeat(1e5)}">${"&lt;&ampx&#x;&#99999999999;".repeat(1e5)}`,
  ],
  ["comments that never end", `x${"<!-- --!>".repeat(1e5)}${"<!--".repeat(1e5)}`],
  ["a script that never ends", `<script>${"x</".repeat(1e6)}`],
  ["nothing but <", "<".repeat(1_000_000)],
  ["an article of 20 MB", article(`<p>${sentence.repeat(10)}</p>\n`.repeat(25_000))],
];
test.each(hostile)(
  "gets through %s",
  (_, html) => {
    expect(typeof extractText(html).text).toBe("string");
  },
  60_000, // not a measure: other tests may have the cores
);

test("text deep in the page is still found", () => {
  const { text } = extractText(`${"<div>".repeat(100_000)}<p>${sentence}</p>`);
  expect(text).toBe(sentence.trim());
});

test("the step rewrites HTML, passes other text, and drops what has no content with a reason", async () => {
  const html = { mediaType: "text/html", date: "2020-01-01" };
  const running = pipeline(
    [
      { id: "page", text: `<title>T</title><p>${sentence.repeat(3)}</p>`, meta: html },
      { id: "plain", text: "<p>not HTML</p>", meta: {} },
      { id: "empty", text: "<nav><a href=x>x</a></nav>", meta: html },
    ],
    extract(),
  );
  const out: Document[] = [];
  for await (const document of running.docs()) out.push(document);
  expect(out.map(({ id, text }) => [id, text])).toEqual([
    ["page", sentence.repeat(3).trim()],
    ["plain", "<p>not HTML</p>"],
  ]);
  expect(out[0]!.meta).toMatchObject({ title: "T", mediaType: "text/plain", date: "2020-01-01" });
  expect(running.stats()[1]!.dropped).toEqual({ no_content: 1 });
});

test.each(["hidden", 'aria-hidden="true"', 'style="display:none"', 'hidden="until-found"'])(
  "answers that open on a click are content: %s",
  (attribute) => {
    const answers = Array.from({ length: 6 }, (_, i) => `Answer ${i} goes on: ${sentence.repeat(2)}`);
    const panels = answers.map(
      (answer, i) => `<h3>Question ${i}?</h3><div ${attribute}><p>${answer}</p></div>`,
    );
    const { text } = extractText(
      `<html><body><h1>Questions</h1><p>${sentence}</p>${panels.join("")}</body></html>`,
    );
    for (const answer of answers) expect(text).toContain(answer.trim());
    const few = extractText(
      `<html><body><h1>News</h1>${`<p>${sentence.repeat(3)}</p>`.repeat(8)}<div ${attribute}><p>JUNK ${sentence}</p></div></body></html>`,
    );
    if (!attribute.includes("until-found")) expect(few.text).not.toContain("JUNK");
  },
);

test("the title of a picture is not the page's, wherever the page has its own", () => {
  const icon = "<svg><g><title>Menu</title></g></svg>";
  const titleOf = (html: string) => extractText(`${html}<p>Some text.`).title;
  expect(titleOf(icon)).toBe("");
  expect(titleOf(`${icon}<svg><title>Close</title>`)).toBe("");
  expect(titleOf(`<div>${icon}</div><title>The river</title>`)).toBe("The river");
  expect(titleOf(`<title>The river</title>${icon}`)).toBe("The river");
  expect(titleOf(`<svg><svg></svg><title>Menu</title></svg><h1>Rivers</h1>`)).toBe("Rivers");
});
