import { describe, expect, test } from "vitest";
import { extractText } from "../../src/extract/extract-text.js";
import { anyPiece, mutate, nestDeep, realPages, seeded } from "./mutations.js";
import { paragraphs } from "./paragraphs.js";
import { ourTree, theirTree } from "./trees.js";

const pages = realPages();
const hasPages = pages.length > 0;
if (!hasPages) console.warn("skipped: no real pages");
/** Some of the pages, none of them huge: `npx tsx bench/mutations.ts` takes all. */
const some = pages.filter((page, i) => i % 20 === 0 && page.length < 120_000);

describe("the tree that browsers build, as parse5 does", () => {
  test.each([
    // Optional tags.
    "<title>t</title><p>one<p>two<ul><li>a<li>b<ul><li>c</ul><li>d</ul>after",
    "<!doctype html><head><title>t</title><p>no end of the head, no body",
    "<html><head><title>t</title><meta name=a><h1>h</h1>text<link rel=x><p>p",
    "<!doctype html><title>t</title><body class=a>x<body id=b>y</body>z</html>w<p>v",
    "<dl><dt>a<dd>b<dt>c<dd>d<div><dd>e</dl><select><option>a<option>b<optgroup><option>c</select>x",
    "<table><caption>c<tr><td>a<td>b<tr><th>c<tbody><tr><td>d<tfoot><tr><td>e</table>after",
    "<table><colgroup><col><col><tr><td><table><tr><td>in</table>out",
    "<p>a<table><tr><td>b</table>c",
    "<!doctype html><p>a<table><tr><td>b</table>c",
    "<p>a<h2>b<h3>c</h2>d<pre>\n\ne</pre><address>f<p>g</address><p>h<hr>i</p></p>j",
    "<ruby>漢<rp>(<rt>kan<rp>)</ruby><ruby>字<rb>b<rtc>c<rt>d</ruby>",
    "<button>a<button>b</button><p>c<button><p>d</button>e",
    // Mis-nesting and what tables cannot hold.
    "<b>1<p>2</b>3</p>4<i>5<div>6</i>7</div>8<a href=1>9<div>10<a href=2>11</div>12",
    "<b><b><b><b><b>x</b></p>y<p>z</b></b></b></b>w<font color=red><p>v</font>u",
    "<table>text<p>p<tr>more<b>bold<td>cell</b></tr>end<ul><li>item</table>after",
    "<table><tr><td><form><input></table></form><table><form><tr><input type=hidden><td></form>x</table>y",
    "<form>a<form>b</form>c</form><div><form><p></div>x</form>y<li>z</p></br>w",
    "<p>a</div>b</span>c</h1>d</table>e</td>f</body>g</p>h</html>i",
    "<table><template><tr><td>a</template><tr><td>b</table><template><p>c<li>d</template>e",
    // Foreign content.
    "<svg><title/><path/></svg><p>after",
    "<svg><title>not the page's</title><desc><p>html</p></desc><style/><script/></svg><p>after",
    "<svg/><p>a<svg><circle r=1><g><path d=x/></g></svg>b</p><svg><textarea>c</svg>d",
    "<svg><foreignObject><p>a<div>b</foreignObject><text>c</text></svg>d<math><mi>x</mi><mo/>y</math>z",
    "<p><svg><path><p>breaks out</p>x<svg><font>in<font color=red>out</svg>y",
    "<math><annotation-xml encoding=text/html><p>a</annotation-xml><annotation-xml><p>b</math>c",
    "<math><mtext><b>a</b><mglyph/><p>b</mtext></math><svg><a><b>c</svg>d",
    "<svg><![CDATA[<p>text]]></svg><p><![CDATA[comment]]>e<table><tr><td><svg><td>x",
    "<svg><script>a<b>c</script></svg><svg><style>p > a<p>d</svg>e</svg>f",
    // Text that is no markup.
    "<title>a<b>c</title><textarea>\n<p></textarea><style><p></style><xmp><p></xmp><iframe><p></iframe>x",
    "<script><!-- <script> </script> --> x</script>y<script><!--> </script>z<script><!--</script>w",
    "<script><!--[if x]> <!--> <script></script>a<p>b</",
    "<table><th>a</thead><td>b",
    "<noscript><p>a</noscript>b<noembed><p>c</noembed><noframes><p>d</noframes>e<plaintext><p>f</plaintext>",
    // Framesets.
    "<frameset cols=*><frame src=a><noframes><p>b</noframes></frameset><p>c",
    "<html><head></head><frameset><frameset><frame></frameset>x<frame></frameset></html><noframes>y</noframes>",
    "<p>text<frameset><frame></frameset>",
    "<div><br><frameset><frame></frameset>",
    "  <!--c--><frameset> <frame></frameset> ",
    // Nothing, or little.
    "",
    "text",
    "<!doctype html public '-//W3C//DTD HTML 3.2 Final//EN'><p>a<table>",
    "</p></br></div>",
  ])("%s", (html) => {
    expect(ourTree(html)).toEqual(theirTree(html));
  });

  test("of tags and text in any order", () => {
    const random = seeded(7);
    for (let round = 0; round < 3000; round++) {
      const pieces = Array.from({ length: 3 + Math.floor(random() * 14) }, () => anyPiece(random));
      const html = `${round % 2 ? "<!doctype html>" : ""}${pieces.join("")}`;
      // In a template, parse5 lets a table end the one around it, which the standard does not.
      if (html.includes("<template") && html.includes("<table")) continue;
      expect(ourTree(html), html).toEqual(theirTree(html));
    }
  });

  test.skipIf(!hasPages)("of real pages, whole and mutated", () => {
    const random = seeded(11);
    for (const page of some) {
      for (const html of [page, mutate(page, random), mutate(page, random)])
        expect(ourTree(html).join("\n") === theirTree(html).join("\n"), html.slice(0, 200)).toBe(true);
    }
  });
});

test.skipIf(!hasPages)(
  "mutated pages, and those nested deep, give a text where there is prose in paragraphs",
  () => {
    const random = seeded(13);
    for (const page of some) {
      for (const html of [nestDeep(page), mutate(page, random), mutate(page, random), mutate(page, random)]) {
        const { text } = extractText(html);
        if (text === "") expect(paragraphs(html).length, html.slice(0, 200)).toBeLessThanOrEqual(500);
      }
    }
  },
);
