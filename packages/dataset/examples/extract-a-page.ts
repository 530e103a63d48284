import { extractText } from "@llm/dataset";

// A page as crawled: the article is a small part of it.
const html = `<html lang="en"><head><title>How rivers bend | Field Notes</title>
<meta property="article:published_time" content="2024-05-17T08:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/water">Water</a></nav>
<article><h1>How rivers bend</h1>
<p>Water on the outside of a bend runs faster, and it cuts the bank; on the inside it slows, and drops what it carries.</p>
<div class="ad-banner"><p>Buy a boat, today only, at half the price!</p></div>
<p>So every bend grows, year after year, until the river cuts through its neck and leaves a lake behind.</p>
<ul><li>outer bank: cut</li><li>inner bank: built</li></ul></article>
<div class="comments"><p>First!</p></div><footer>All rights reserved</footer></body></html>`;

const { title, date, language, text } = extractText(html);
console.log(`${title} (${date}, ${language})`);
console.log(text);

// Output:
// How rivers bend (2024-05-17, en)
// Water on the outside of a bend runs faster, and it cuts the bank; on the inside it slows, and drops what it carries.
// So every bend grows, year after year, until the river cuts through its neck and leaves a lake behind.
// - outer bank: cut
// - inner bank: built
