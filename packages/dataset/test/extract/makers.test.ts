import { expect, test } from "vitest";
import { extractText } from "../../src/extract/extract-text.js";

// Pages made up in the manner of those that content managers and page builders write.

/** Prose with an own mark in each paragraph, so that what is missing can be named. */
const subjects = [
  "river",
  "mill",
  "wheel",
  "miller",
  "village",
  "bridge",
  "harvest",
  "winter",
  "flood",
  "market",
];
function prose(mark: string, count = 2): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `The ${subjects[i % subjects.length]} of ${mark}${i} was known in the valley for a long time, and people came from far away to see it. Some of them stayed for the summer, others went home the same day, and a few never left.`,
  ).join("</p><p>");
}
const marks = (mark: string, count: number) => Array.from({ length: count }, (_, i) => `${mark}${i} `);
const menu = `<nav><ul>${["Home", "News", "Travel", "Shop", "Contact"].map((name) => `<li><a href="/${name}">${name}</a></li>`).join("")}</ul></nav>`;
const footer = `<footer><div class="footer-menu"><a href="/a">Imprint</a> <a href="/b">Privacy</a></div><p>FOOTERNOTE Copyright 2020 The Mill Company</p></footer>`;
const page = (body: string, head = "<title>The old mill</title>") =>
  `<!doctype html><html><head>${head}</head><body>${menu}${body}${footer}</body></html>`;

function expectText(html: string, wanted: readonly string[], unwanted: readonly string[] = []): void {
  const { text } = extractText(html);
  expect({
    missing: wanted.filter((mark) => !text.includes(mark)),
    extra: [...unwanted, "FOOTERNOTE", "Imprint"].filter((mark) => text.includes(mark)),
  }).toEqual({ missing: [], extra: [] });
}

test("Drupal: fields whose labels are hidden, one of them a standfirst", () => {
  expectText(
    page(`<div class="layout-container"><main role="main"><article class="node node--type-article"><h1><span class="field field--name-title field--label-hidden">The old mill</span></h1>
      <div class="field field--name-field-lead field--type-text field--label-hidden field__item"><p>${prose("lead", 1)}</p></div>
      <div class="node__content"><div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item"><p>${prose("body", 5)}</p></div></div>
      <div class="field field--name-field-tags field--label-inline"><a href="/t">TAGONE</a> <a href="/u">TAGTWO</a></div></article></main></div>`),
    [...marks("lead", 1), ...marks("body", 5)],
    ["TAGONE"],
  );
});

test("Drupal 7: panels of blocks, the text in several fields", () => {
  expectText(
    page(`<div id="page"><div class="region region-content"><div id="block-system-main" class="block block-system"><div class="node node-page">
      <div class="field field-name-field-intro field-label-hidden"><div class="field-items"><div class="field-item even"><p>${prose("intro", 1)}</p></div></div></div>
      <div class="field field-name-body field-label-hidden"><div class="field-items"><div class="field-item even" property="content:encoded"><p>${prose("body", 4)}</p></div></div></div>
      <div class="field field-name-field-more field-label-hidden"><div class="field-items"><div class="field-item even"><p>${prose("second", 3)}</p></div></div></div>
      </div></div></div></div>`),
    [...marks("intro", 1), ...marks("body", 4), ...marks("second", 3)],
  );
});

test("Blogger: posts in outer boxes of dates, beside a sidebar of widgets", () => {
  const archive = Array.from(
    { length: 12 },
    (_, i) => `<li><a href="/${i}">ARCHIVE${i} of the year</a></li>`,
  ).join("");
  expectText(
    page(`<div class="main-outer"><div class="columns"><div class="column-center-outer"><div class="main section" id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed">
      <div class="date-outer"><h2 class="date-header"><span>Monday, 4 May 2020</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title">The old mill</h3>
      <div class="post-body entry-content">${prose("post", 4).replaceAll("</p><p>", "<br><br>")}</div><div class="post-footer">Posted by Ann at 10:20</div></div></div></div></div>
      </div></div></div></div><div class="column-right-outer"><aside><div class="widget BlogArchive"><h2>Archive</h2><ul>${archive}</ul></div></aside></div></div></div>`),
    marks("post", 4),
    ["ARCHIVE3"],
  );
});

test("Elementor: a widget a paragraph, headings in widgets of their own", () => {
  const widget = (kind: string, html: string) =>
    `<div class="elementor-element elementor-widget elementor-widget-${kind}" data-widget_type="${kind}.default"><div class="elementor-widget-container">${html}</div></div>`;
  const section = (html: string) =>
    `<section class="elementor-section elementor-top-section"><div class="elementor-container"><div class="elementor-column elementor-top-column"><div class="elementor-widget-wrap elementor-element-populated">${html}</div></div></div></section>`;
  expectText(
    page(`<div class="elementor elementor-12">${section(widget("heading", '<h1 class="elementor-heading-title">The old mill</h1>') + widget("text-editor", `<p>${prose("lead", 1)}</p>`))}
      ${[0, 1, 2].map((i) => section(widget("heading", `<h2>Part ${i} of it</h2>`) + widget("text-editor", `<p>${prose(`part${i}x`, 3)}</p>`))).join("")}</div>`),
    [...marks("lead", 1), ...[0, 1, 2].flatMap((i) => marks(`part${i}x`, 3)), "Part 1 of it"],
  );
});

test("TYPO3: content elements of equal rank, a frame each", () => {
  const frame = (id: number, html: string) =>
    `<div id="c${id}" class="frame frame-default frame-type-textpic frame-layout-0"><header><h2>Kapitel ${id}</h2></header><div class="ce-textpic ce-right ce-intext"><div class="ce-bodytext">${html}</div></div></div>`;
  expectText(
    page(
      `<div class="container"><div class="row"><div class="col-md-9 main-content"><!--TYPO3SEARCH_begin-->${[11, 12, 13, 14, 15].map((id) => frame(id, `<p>${prose(`teil${id}x`, 2)}</p>`)).join("")}<!--TYPO3SEARCH_end--></div></div></div>`,
    ),
    [11, 12, 13, 14, 15].flatMap((id) => marks(`teil${id}x`, 2)),
  );
});

test("WordPress: entry content with related posts, a box about the author and comments behind it", () => {
  const related = Array.from(
    { length: 4 },
    (_, i) => `<li><a href="/r${i}">RELATED${i} something else to read here</a></li>`,
  );
  const comments = Array.from(
    { length: 3 },
    (_, i) =>
      `<li class="comment"><div class="comment-body"><div class="comment-author vcard"><cite>Bo ${i}</cite></div><p>COMMENT${i} I liked this a lot, thank you for it, and greet the others from me when you see them.</p></div></li>`,
  );
  expectText(
    page(`<div id="content" class="site-content"><div id="primary" class="content-area has-sidebar"><main><article class="post type-post hentry category-travel tag-mills"><header class="entry-header"><h1 class="entry-title">The old mill</h1><div class="entry-meta">4 May 2020 by Ann</div></header>
      <div class="entry-content"><p>${prose("entry", 6)}</p><h2>Sources of the river</h2><p>${prose("source", 3)}</p></div></article>
      <div class="related-posts"><h3>Related posts</h3><ul>${related.join("")}</ul></div><div id="comments" class="comments-area"><h2>3 comments</h2><ol class="comment-list">${comments.join("")}</ol></div></main></div></div>`),
    [...marks("entry", 6), ...marks("source", 3)],
    ["RELATED1", "COMMENT1"],
  );
});

test("a recipe in named boxes: introduction, ingredients and steps", () => {
  const step = (i: number) =>
    `<div class="recipe-step box"><div class="step-number">${i}</div><div class="step-text">Put the flour of step${i}x into a bowl, add the water slowly, and knead it until it no longer sticks to your hands.</div></div>`;
  expectText(
    page(`<div class="recipe"><h1>Bread of the mill</h1><div class="recipe-intro box"><p>${prose("intro", 2)}</p></div>
      <div class="recipe-ingredients box"><h2>Ingredients</h2><ul><li>500 g of flour from the mill</li><li>300 ml of lukewarm water</li><li>10 g of salt</li></ul></div>
      <div class="recipe-steps"><h2>Preparation</h2>${[1, 2, 3, 4, 5, 6].map(step).join("")}</div></div>`),
    [...marks("intro", 2), ...[1, 2, 3, 4, 5, 6].map((i) => `step${i}x `), "300 ml of lukewarm water"],
  );
});

test("a shop: description and details in panels with names of their own", () => {
  expectText(
    page(`<div class="product-page"><div class="product-gallery"><img src="a"><img src="b"></div><div class="product-info"><h1>Hand mill</h1><span class="price">99.00</span><button>Add to cart</button></div>
      <div class="product-tabs"><div class="tab-panel" id="description"><p>${prose("about", 3)}</p></div><div class="tab-panel" id="details"><p>${prose("detail", 3)}</p></div></div></div>`),
    [...marks("about", 3), ...marks("detail", 3)],
    ["Add to cart"],
  );
});

test.each([1, 2, 3])("a standfirst %i levels above the text, in a wrapper of its own", (levels) => {
  const nested =
    "<div>".repeat(levels - 1) +
    `<div class="article__body"><p>${prose("body", 7)}</p></div>` +
    "</div>".repeat(levels - 1);
  for (const name of ["article-lead", "c-standfirst", "xy-12", ""]) {
    expectText(
      page(
        `<div class="wrapper"><h1>The old mill</h1><div class="${name}"><p>${prose("lead", 1)}</p></div>${nested}</div>`,
      ),
      [...marks("lead", 1), ...marks("body", 7)],
    );
  }
});

test("names on inline elements in running text remove nothing", () => {
  for (const name of ["author", "date", "tag", "caption", "btn", "share", "toolbar"]) {
    const { text } = extractText(
      page(
        `<article><h1>The old mill</h1><p>${prose("body", 3)}</p><p>It was built by <strong class="${name}">Hans Wendt</strong> in <span class="${name}">1740</span>, who also built the bridge.</p><p>${prose("end", 3)}</p></article>`,
      ),
    );
    expect(text).toContain("It was built by Hans Wendt in 1740, who also built the bridge.");
  }
});

test("code in a box with a toolbar stays", () => {
  expectText(
    page(
      `<article class="post-content"><p>${prose("body", 3)}</p><div class="code-toolbar"><pre class="language-js"><code>const wheel = turn(mill);\nconsole.log(wheel.speed);</code></pre><div class="toolbar"><div class="toolbar-item"><button>Copy</button></div></div></div><p>${prose("end", 3)}</p></article>`,
    ),
    [...marks("body", 3), ...marks("end", 3), "const wheel = turn(mill);\nconsole.log(wheel.speed);"],
  );
});

test.each(["Sources", "More about the wheel", "Notes", "Related work", "See also"])(
  "a heading %s before prose deletes nothing of it",
  (heading) => {
    expectText(
      page(
        `<article><h1>The old mill</h1><p>${prose("body", 4)}</p><h2>${heading}</h2><p>${prose("after", 3)}</p></article>`,
      ),
      [...marks("body", 4), ...marks("after", 3)],
    );
  },
);

test("a heading before links still ends the text", () => {
  const links = Array.from(
    { length: 5 },
    (_, i) => `<p><a href="/${i}">ELSEWHERE${i} another page of this site</a></p>`,
  ).join("");
  expectText(
    page(
      `<div class="text"><h1>The old mill</h1><p>${prose("body", 4)}</p><h3>More about the wheel</h3>${links}</div>`,
    ),
    marks("body", 4),
    ["ELSEWHERE2"],
  );
});

test("a lead above the heading that repeats the title stays", () => {
  const { text } = extractText(
    page(`<article><p>${prose("lead", 1)}</p><h2>The old mill</h2><p>${prose("body", 5)}</p></article>`),
  );
  expect(text).toContain("lead0 ");
});

test("the article that stands only in JSON-LD, as text, as HTML and as HTML in entities", () => {
  const paragraphs = prose("json", 4).split("</p><p>");
  const bodies = [
    paragraphs.join("\n\n"),
    paragraphs.map((text) => `<p>${text}</p>`).join(""),
    paragraphs.map((text) => `&lt;p&gt;${text}&lt;/p&gt;`).join(""),
  ];
  for (const articleBody of bodies) {
    const json = JSON.stringify({ "@graph": [{ "@type": "NewsArticle", articleBody }] });
    const { text } = extractText(
      page(
        `<div id="app"><h1>The old mill</h1><p>Please enable JavaScript.</p></div>`,
        `<title>The old mill</title><script type="application/ld+json">${json}</script>`,
      ),
    );
    expect(text.split("\n")).toEqual(paragraphs);
  }
});

test("an articleBody that is a teaser, or of broken JSON, changes nothing", () => {
  for (const json of [
    JSON.stringify({ articleBody: "The old mill stood by the river …" }),
    '{"articleBody": "x',
  ]) {
    expectText(
      page(
        `<article><p>${prose("body", 4)}</p></article>`,
        `<script type="application/ld+json">${json}</script>`,
      ),
      marks("body", 4),
    );
  }
});

test("answers in panels that are folded away are text", () => {
  const faq = [0, 1, 2, 3]
    .map(
      (i) =>
        `<h3><button aria-expanded="false" aria-controls="p${i}">Question number ${i}?</button></h3><div class="accordion-panel" id="p${i}" role="region" hidden><p>${prose(`answer${i}x`, 1)}</p></div>`,
    )
    .join("");
  expectText(
    page(`<main><h1>Questions</h1><p>${prose("intro", 1)}</p>${faq}</main>`),
    [0, 1, 2, 3].flatMap((i) => marks(`answer${i}x`, 1)),
  );
});

test("prose in a body without any structure is found", () => {
  expectText(page(`${prose("bare", 5).replaceAll("</p><p>", "<br><br>")}`), marks("bare", 5));
});

test.each(["option", "optgroup", "object", "canvas", "video", "map", "datalist", "button", "rp"])(
  "a page inside <%s> without end is read, what stands in a whole one is not",
  (tag) => {
    const article = `<h1>The old mill</h1><p>${prose("body", 4)}</p>`;
    expectText(page(`<${tag}><div>${article}</div>`).replace(footer, ""), marks("body", 4));
    expectText(page(`<${tag}>UNREADABLE</${tag}><div>${article}</div>`), marks("body", 4), ["UNREADABLE"]);
  },
);

test("a thread's posts are decided together", () => {
  const posts = Array.from({ length: 6 }, (_, i) => prose(`post${i}`, 1));
  const thread = posts.map(
    (text, i) =>
      `<div class="x${i % 2}"><div class="y"><a href="/u${i}">user${i}</a> Posts: ${31 * i}</div><div class="z">${text}</div></div>`,
  );
  expectText(
    page(`<h1>How do I repair a mill?</h1>${thread.join("")}`),
    posts.map((_, i) => `post${i}0`),
  );
});

test("a page that is hidden as a whole, for a script to show", () => {
  expectText(page(`<div style="display:none"><p>${prose("body", 4)}</p></div>`), marks("body", 4));
});
