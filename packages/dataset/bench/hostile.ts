/**
 * What pages made to be slow cost as a step of a pipeline: with ten seconds for each, and with the one that is the default.
 * `npx tsx --conditions=@llm/source bench/hostile.ts [name]`.
 */
import { extract } from "../src/extract/extract.js";
import { pipeline } from "../src/pipeline.js";

const sentence = "The river, which rises in the hills, runs past the mill and, later, into the sea. ";
const million = 1_000_000;
const pages: Record<string, () => string> = {
  "an article of 50 MB": () => `<article>${`<p>${sentence.repeat(10)}</p>\n`.repeat(60_000)}</article>`,
  "a million nested divs": () => "<div>".repeat(million) + sentence + "</div>".repeat(million),
  "a million tables": () => "<table>".repeat(million),
  "a million bold": () => "<b>x".repeat(million),
  "a million paragraphs": () => "<p>x".repeat(million),
  "a million links, unclosed": () => "<a href=x>y".repeat(million),
  "half a million rows": () => `<table>${"<tr><td>a<td>b".repeat(million / 2)}`,
  "a row of a million cells": () => `<table><tr>${"<td>x</td>".repeat(million)}`,
  "items below 510 spans": () => "<span>".repeat(510) + "<li>x</li>".repeat(million),
  "ends of nothing below 510 divs": () => "<div>".repeat(510) + "</p></span></td>".repeat(million),
  "mis-nested formatting": () => "<b><i><p>x</b></i>".repeat(million / 4),
  "250 thousand attributes": () =>
    `<p ${Array.from({ length: million / 4 }, (_, i) => `a${i}="x"`).join(" ")}>x`,
  "a class of 20 MB": () => `<p class="${"a ".repeat(10 * million)}">x`,
  "a million classes": () => Array.from({ length: million }, (_, i) => `<i class=c${i}>x</i>`).join(""),
  "a million entities": () => `<p title="${"&amp;".repeat(million)}">${"&lt;".repeat(million)}`,
  "broken entities": () => `<p>${"&ampx&#x;&#99999999999;&notanentity".repeat(million / 2)}`,
  "an unclosed comment": () => `<p>x<!--${"x-- >".repeat(2 * million)}`,
  "a million comments": () => `<p>x${"<!-- --!>".repeat(million)}`,
  "an unclosed script": () => `<script>${"x</".repeat(5 * million)}`,
  "an unclosed attribute": () => `<a href="${"x'".repeat(10 * million)}`,
  "nothing but <": () => "<".repeat(20 * million),
  "nothing but line breaks": () => `<p>a${"<br>a".repeat(million)}`,
  "20 MB of spaces": () => `<p>a${" ".repeat(20 * million)}b`,
  "lone surrogates": () => `<p>${"\ud800".repeat(5 * million)}`,
  "JSON-LD of 10 MB": () =>
    `<script type="application/ld+json">{"a":[${`{"b":[1,2,3,4]},`.repeat(600_000)}1]}</script>`,
};

/** What becomes of a page, and after how long. */
async function take(name: string, html: string, timeout: number): Promise<string> {
  let outcome = "kept";
  const p = pipeline([{ id: name, text: html, meta: { mediaType: "text/html" } }], extract({ timeout }));
  const start = performance.now();
  for await (const _ of p.docs({ onDrop: ({ verdict }) => (outcome = verdict.reason) }));
  return `${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s ${outcome.padEnd(18)}`;
}

for (const [name, make] of Object.entries(pages)) {
  if (process.argv[2] && !name.includes(process.argv[2])) continue;
  const html = make();
  html.charCodeAt(0); // joins the parts
  const size = `${(html.length / 1e6).toFixed(1).padStart(6)} MB`;
  console.log(name.padEnd(32), size, await take(name, html, 10_000), await take(name, html, 1000));
}
