import { expect, test } from "vitest";
import { readBlocks } from "../../src/extract/blocks.js";
import { extractText } from "../../src/extract/extract-text.js";
import { parseHtml } from "../../src/extract/tree.js";

/** The lines that a piece of a page is read as, before any of them is chosen. */
function linesOf(html: string): string[] {
  return readBlocks(parseHtml(html)).map(({ text }) => text);
}

test.each([
  ["svg", '<p>before <svg><path d="M0"></path><text>drawn</text></svg>after</p>'],
  ["script", "<p>before <script>var x;</script>after</p>"],
  ["style", "<p>before <style>p{}</style>after</p>"],
  ["picture", '<p>before <picture><source srcset="a"><img src="b"></picture>after</p>'],
  ["button", "<p>before <button>Copy</button>after</p>"],
  ["input and label", "<p>before <label><input></label>after</p>"],
  ["select", "<p>before <select><option>one</select>after</p>"],
  ["template", "<p>before <template><b>x</b></template>after</p>"],
  ["noscript", "<p>before <noscript><img></noscript>after</p>"],
  ["video and audio", "<p>before <video>old</video><audio>old</audio>after</p>"],
  ["iframe and object", '<p>before <iframe src="x"></iframe><object></object>after</p>'],
  ["canvas and meter", "<p>before <canvas>x</canvas><meter></meter>after</p>"],
  ["what is hidden", '<p>before <span hidden>x</span><span class="sr-only">x</span>after</p>'],
  ["wbr", "<p>before af<wbr>ter</p>"],
])("%s inside a paragraph does not cut its line", (_, html) => {
  expect(linesOf(html)).toEqual(["before after"]);
});

test("a line goes on behind mathematics, without its source", () => {
  const formula =
    "<math><semantics><mrow><mi>x</mi><mo>=</mo><mn>2</mn></mrow><annotation>x=2</annotation></semantics></math>";
  expect(linesOf(`<p>Let ${formula} be given.</p>`)).toEqual(["Let x=2 be given."]);
});

test("ruby keeps what it is written over, without readings and parentheses", () => {
  const ruby = "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>";
  expect(
    linesOf(`<p>これは${ruby}です。<ruby><rb>東</rb><rb>京</rb><rtc><rt>とう</rt></rtc></ruby>も。</p>`),
  ).toEqual(["これは漢字です。東京も。"]);
});

test("a button that is the heading of a panel is its text, one beside the heading is not", () => {
  expect(linesOf("<h3><button>What is a mill?</button></h3><p>A house.</p>")).toEqual([
    "What is a mill?",
    "A house.",
  ]);
  expect(linesOf("<p>A house.<button>Share</button></p>")).toEqual(["A house."]);
});

test.each([
  ["soft hyphens", "Wasser&shy;mühle", "Wassermühle"],
  ["zero-width spaces", "water\u200bmill", "watermill"],
  ["word joiners and byte order marks", "\ufeffwater\u2060mill", "watermill"],
  ["no-break and other spaces", "water&nbsp;\u2003mill", "water mill"],
  ["joiners that letters need", "می\u200cخواهم", "می\u200cخواهم"],
])("%s", (_, written, read) => {
  expect(linesOf(`<p>${written}</p>`)).toEqual([read]);
});

test("pre ends its lines in line feeds, however they are written", () => {
  expect(linesOf("<pre>a\r\nb\rc&#13;&#10;d\n\n  e</pre>")).toEqual(["a\nb\nc\nd\n\n  e"]);
  expect(linesOf("<pre>a<br>b<div>c</div><div>d</div></pre>")).toEqual(["a\nb\nc\nd"]);
});

test.each([
  [
    "a row a line",
    '<table class="highlight"><tr><td class="blob-num" data-line-number="1"></td><td class="blob-code">if (x) {</td></tr><tr><td class="blob-num"></td><td class="blob-code">  y();</td></tr><tr><td class="blob-num"></td><td class="blob-code">}</td></tr></table>',
  ],
  [
    "a row a line, numbers as text",
    "<table><tr><td>1</td><td><code>if (x) {</code></td></tr><tr><td>2</td><td><code>  y();</code></td></tr><tr><td>3</td><td><code>}</code></td></tr></table>",
  ],
  [
    "all numbers in one cell",
    '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2\n3</pre></td><td class="code"><div><pre>if (x) {\n  y();\n}\n</pre></div></td></tr></table>',
  ],
  [
    "a gutter of elements",
    '<table><tbody><tr><td class="gutter"><div>1</div><div>2</div><div>3</div></td><td class="code"><div><div>if (x) {</div><div>  y();</div><div>}</div></div></td></tr></tbody></table>',
  ],
])("code in a table with line numbers: %s", (_, html) => {
  expect(readBlocks(parseHtml(html))).toMatchObject([{ kind: "pre", text: "if (x) {\n  y();\n}" }]);
});

test("a table that counts something else is a table, and code without numbers keeps its rows", () => {
  expect(
    linesOf("<table><tr><td>1</td><td>Nile</td></tr><tr><td>2</td><td>Amazon</td></tr></table>"),
  ).toEqual(["1 | Nile", "2 | Amazon"]);
  expect(
    linesOf(
      "<table><tr><td>3</td><td><code>ls</code></td></tr><tr><td>1</td><td><code>cd</code></td></tr></table>",
    ),
  ).toEqual(["3 | ls", "1 | cd"]);
  expect(linesOf("<table><tr><td><code>ls</code></td><td>lists files</td></tr></table>")).toEqual([
    "ls | lists files",
  ]);
});

test("text behind a list in an item is no item of its own", () => {
  const kinds = readBlocks(parseHtml("<ul><li>one<ul><li>inner</li></ul>rest</li><li>two</li></ul>"));
  expect(kinds.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "item one",
    "item inner",
    "paragraph rest",
    "item two",
  ]);
});

test("NUL is no part of a text, wherever it stands", () => {
  const nul = String.fromCharCode(0);
  expect(linesOf(`${nul}<p>be${nul}fore ${nul.repeat(3)}after${nul}</p><pre>a${nul}b</pre>`)).toEqual([
    "before after",
    "ab",
  ]);
  const prose = "The mill stands by the river, and its wheel has turned there for three hundred years now. ";
  const json = JSON.stringify({ headline: "The old mill", articleBody: prose.repeat(5) });
  expect(
    extractText(
      `<title>The ${nul}old mill</title><h1>The${nul} old mill</h1><p class="byline">By An${nul}n Lee</p><script type="application/ld+json">${nul}${json}</script>`,
    ),
  ).toMatchObject({ title: "The old mill", author: "Ann Lee", text: prose.repeat(5).trim() });
});
