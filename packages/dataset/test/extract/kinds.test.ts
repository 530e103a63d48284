import { expect, test } from "vitest";
import { extractText } from "../../src/extract/extract-text.js";

// Kinds of pages beside articles: what their readers come for stays, what stands around it goes.

const sentences = [
  "The ferry leaves the eastern quay at seven in the morning and comes back before the tide turns.",
  "Nobody remembered who had painted the gate, but everyone agreed that it had once been green.",
  "When the lock was rebuilt, the engineers kept the old winch and put it beside the new pumps.",
  "A good pan needs little oil, and it should be warm before anything is laid into it.",
  "She measured the depth twice a week, wrote it into a small book, and told the harbour master.",
  "Most visitors walk along the dyke first, which takes an hour if the wind is not too strong.",
  "In winter the path is closed, since the boards become slippery and the railing is low.",
  "The second version of the plan was cheaper, though it needed two bridges instead of one.",
];
/** Sentences behind a mark, which says what is missing. */
const say = (mark: string, count = 2) =>
  `${mark} ${Array.from({ length: count }, (_, i) => sentences[(mark.length * 3 + mark.charCodeAt(mark.length - 1) + i) % sentences.length]).join(" ")}`;
const ps = (mark: string, count: number, length = 2) =>
  Array.from({ length: count }, (_, i) => `<p>${say(`${mark}${i}`, length)}</p>`).join("\n");
const times = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join("\n");
const marks = (mark: string, count: number) => Array.from({ length: count }, (_, i) => `${mark}${i} `);
const page = (body: string, title = "By the harbour") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} | Quay Weekly</title></head><body>${body}</body></html>`;
const nav = `<header class="site-header"><a href="/">NAVHOME</a><nav class="main-navigation"><ul>${["Boats", "Routes", "People", "Prices", "About"].map((name) => `<li><a href="/${name}">NAV${name}</a></li>`).join("")}</ul></nav></header>`;
const foot = `<footer class="site-footer"><p>FOOT © 2021 Quay Weekly. All rights reserved.</p><a href="/imprint">FOOT imprint</a></footer>`;

interface Kind {
  readonly html: string;
  readonly wanted: readonly string[];
  readonly unwanted?: readonly string[];
}

const kinds: Record<string, Kind> = {
  "Drupal: a lead field, a body field, a teaser view and comments": {
    html: page(`<div class="dialog-off-canvas-main-canvas">${nav}<div class="layout-container"><main role="main"><div class="block-page-title-block"><h1 class="page-title"><span class="field field--name-title field--type-string field--label-hidden">By the harbour</span></h1></div><div class="layout-content"><div class="region region-content"><div class="block block-system block-system-main-block"><article class="node node--type-article node--view-mode-full" about="/harbour"><div class="node__content">
      <div class="field field--name-field-subline field--type-string-long field--label-hidden field__item">${say("LEAD0", 1)}</div>
      <div class="field field--name-field-image field--type-image field--label-hidden field__item"><img src="a.jpg" alt=""></div>
      <div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">${ps("BODY", 5)}</div>
      <div class="field field--name-field-tags field--type-entity-reference field--label-above clearfix"><h3 class="field__label">Tags</h3><ul class="links field__items"><li><a href="/t1">TAGX</a></li><li><a href="/t2">TAGY</a></li></ul></div>
      <section class="field field--name-comment field--type-comment field--label-above comment-wrapper"><h2 class="title">Comments</h2>${times(3, (i) => `<article class="comment js-comment"><footer class="comment__meta"><p class="comment__submitted">Submitted by user${i} on Tue, 05/0${i + 1}/2021 - 10:1${i}</p></footer><div class="content"><div class="clearfix text-formatted field field--name-comment-body field--type-text-long field--label-hidden field__item"><p>${say(`CMT${i}`)}</p></div></div></article>`)}</section>
      </div></article></div>
      <div class="views-element-container block block-views block-views-blockrelated"><h2>Keep on reading</h2><div class="view-content">${times(3, (i) => `<div class="views-row"><h3><a href="/r${i}">RELTITLE${i} of another text</a></h3><p>${say(`REL${i}`, 1)} <a href="/r${i}">Read more</a></p></div>`)}</div></div></div></div></main></div>${foot}</div>`),
    wanted: [...marks("LEAD", 1), ...marks("BODY", 5)],
    unwanted: ["TAGX", "CMT1", "RELTITLE1", "REL1"],
  },
  "Blogger: text in line breaks, labels, a form to comment": {
    html: page(
      `<div class="content-outer">${nav}<div class="main-outer"><div class="fauxborder-left main-fauxborder-left"><div class="region-inner main-inner"><div class="columns fauxcolumns"><div class="column-center-outer"><div class="column-center-inner"><div class="main section" id="main"><div class="widget Blog"><div class="blog-posts hfeed"><div class="date-outer"><h2 class="date-header"><span>Sunday, May 2, 2021</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry uncustomized-post-template"><h3 class="post-title entry-title">By the harbour</h3><div class="post-body entry-content" id="post-body-1"><div class="separator"><a href="i.jpg"><img src="i.jpg"></a></div>${times(6, (i) => `${say(`POST${i}`)}<br><br>`)}<div style="clear: both;"></div></div><div class="post-footer"><div class="post-footer-line"><span class="post-author vcard">Posted by <span class="fn">Ann Lee</span></span> at <a class="timestamp-link" href="#">7:30 PM</a></div><div class="post-footer-line"><span class="post-labels">Labels: <a href="/l">LABELX</a></span></div></div></div><div class="comments" id="comments"><h4>2 comments:</h4><div id="comments-block">${times(2, (i) => `<dl><dt class="comment-author">user${i} said...</dt><dd class="comment-body"><p>${say(`CMT${i}`, 1)}</p></dd><dd class="comment-footer"><a href="#">May 3, 2021 at 8:0${i} AM</a></dd></dl>`)}</div></div></div></div></div></div></div></div></div><div class="column-right-outer"><aside><div class="sidebar section"><div class="widget Profile"><h2>About Me</h2><dl class="profile-datablock"><dd class="profile-textblock">${say("PROFILE0", 1)}</dd></dl></div></div></aside></div></div></div></div></div></div>`,
    ),
    wanted: marks("POST", 6),
    unwanted: ["LABELX", "CMT1", "PROFILE0"],
  },
  "TYPO3: a news record with related news and a contact": {
    html: page(
      `${nav}<div id="content" class="main-section"><div class="container"><div id="c12" class="frame frame-default frame-type-list frame-layout-0"><div class="news news-single"><div class="article" itemscope itemtype="http://schema.org/Article"><div class="header"><h1 itemprop="headline">By the harbour</h1></div><div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="2021-05-02">02.05.2021</time></span></p></div><div class="teaser-text" itemprop="description"><p>${say("LEAD0", 1)}</p></div><div class="news-text-wrap" itemprop="articleBody">${ps("NEWS", 4)}</div><div class="news-related-wrap"><div class="news-related news-related-news"><h4>Related news</h4><ul>${times(3, (i) => `<li><a href="/n${i}">RELTITLE${i} some other news of the town</a></li>`)}</ul></div></div></div></div></div></div></div>${foot}`,
    ),
    wanted: [...marks("LEAD", 1), ...marks("NEWS", 4)],
    unwanted: ["RELTITLE1"],
  },
  "a recipe by a plugin: ingredients in spans, steps, comments": {
    html: page(
      `${nav}<main class="content"><article class="post entry"><header class="entry-header"><h1 class="entry-title">Fish pan of the ferrymen</h1><p class="entry-meta">May 2, 2021 by Ann · <a href="#c">12 Comments</a></p></header><div class="entry-content"><div class="wprm-recipe wprm-recipe-snippet"><a href="#r" class="wprm-recipe-jump">Jump to Recipe</a></div>${ps("STORY", 3)}<div class="wprm-recipe-container" id="r"><div class="wprm-recipe"><h2 class="wprm-recipe-name">Fish pan of the ferrymen</h2><div class="wprm-recipe-rating"><span>4.8 from 21 votes</span></div><div class="wprm-recipe-summary"><span>${say("SUM0", 1)}</span></div><div class="wprm-recipe-ingredients-container"><h3 class="wprm-recipe-header">Ingredients</h3><ul class="wprm-recipe-ingredients">${times(6, (i) => `<li class="wprm-recipe-ingredient"><span class="wprm-recipe-ingredient-amount">${100 * (i + 1)}</span> <span class="wprm-recipe-ingredient-unit">g</span> <span class="wprm-recipe-ingredient-name">INGR${i} of the sea</span></li>`)}</ul></div><div class="wprm-recipe-instructions-container"><h3 class="wprm-recipe-header">Instructions</h3><ul class="wprm-recipe-instructions">${times(4, (i) => `<li class="wprm-recipe-instruction"><div class="wprm-recipe-instruction-text"><span>${say(`STEP${i}`, 1)}</span></div></li>`)}</ul></div></div></div></div></article><div id="comments" class="entry-comments"><h2>Reader Interactions</h2><ol class="comment-list">${times(4, (i) => `<li class="comment"><article><header class="comment-header"><p class="comment-author">Bo ${i} says</p><p class="comment-meta">May ${3 + i}, 2021 at 9:1${i} pm</p></header><div class="comment-content"><p>${say(`CMT${i}`, 1)}</p></div></article></li>`)}</ol></div></main><aside class="sidebar sidebar-primary"><section class="widget"><h3>Hi, I am Ann!</h3><p>${say("SIDE0", 1)}</p></section></aside>${foot}`,
      "Fish pan",
    ),
    wanted: [...marks("STORY", 3), ...marks("STEP", 4), "INGR3"],
    unwanted: ["CMT1", "SIDE0", "Jump to Recipe"],
  },
  "questions and answers in details": {
    html: page(
      `${nav}<main><h1>Questions about the ferry</h1><p>${say("INTRO0", 1)}</p>${times(6, (i) => `<details class="faq-item"><summary>QUEST${i} when does it leave?</summary><div class="faq-answer"><p>${say(`ANSW${i}`, 1)}</p></div></details>`)}</main><div class="cookie-notice"><p>${say("COOKIE0")}</p><button>Accept</button></div>${foot}`,
    ),
    wanted: [...marks("QUEST", 6), ...marks("ANSW", 6), "INTRO0"],
    unwanted: ["COOKIE0"],
  },
  "a thread of a forum: posts, signatures, profiles": {
    html: page(
      `<div id="wrap">${nav}<div id="page-body"><h2 class="topic-title"><a href="/t">Which rope for the winch?</a></h2><div class="action-bar"><a href="/reply">Post Reply</a></div>${times(5, (i) => `<div id="p${i}" class="post has-profile bg${1 + (i % 2)}"><div class="inner"><dl class="postprofile"><dt><a href="/u${i}" class="username">USER${i}</a></dt><dd class="profile-rank">Sailor</dd><dd class="profile-posts"><strong>Posts:</strong> 4${i}</dd><dd class="profile-joined"><strong>Joined:</strong> Mon May 03, 2010 7:1${i} pm</dd></dl><div class="postbody"><h3><a href="#p${i}">Re: Which rope for the winch?</a></h3><p class="author">by <a href="/u${i}">USER${i}</a> » Sun May 02, 2021 8:4${i} pm</p><div class="content">${say(`POST${i}`)}</div><div class="signature">SIGN${i} keep the wind behind you</div></div></div></div>`)}</div><div class="stat-block online-list"><h3>Who is online</h3><p>ONLINE Users browsing this forum: No registered users and 3 guests</p></div></div>`,
      "Which rope for the winch?",
    ),
    wanted: marks("POST", 5),
    unwanted: ["ONLINE", "Post Reply"],
  },
  "a question with answers and comments, links beside": {
    html: page(
      `${nav}<div class="container"><div id="left-sidebar"><ol class="nav-links"><li><a href="/q">NAVQUESTIONS</a></li></ol></div><div id="content"><div id="question-header"><h1><a href="/q/1">How do I splice a rope?</a></h1></div><div id="mainbar"><div class="question" id="question"><div class="post-layout"><div class="votecell"><div class="js-vote-count">12</div></div><div class="postcell"><div class="s-prose js-post-body">${ps("QUEST", 2)}<pre><code>splice --rope hemp --turns 5</code></pre></div><div class="post-taglist"><a href="/t/rope" class="post-tag">TAGROPE</a></div><div class="user-info"><div class="user-action-time">asked May 2 at 8:12</div><div class="user-details"><a href="/u">USERX</a></div></div></div></div></div><div id="answers"><div id="answers-header"><h2>3 Answers</h2></div>${times(3, (i) => `<div class="answer"><div class="post-layout"><div class="votecell"><div class="js-vote-count">${i}</div></div><div class="answercell"><div class="s-prose js-post-body" itemprop="text">${ps(`ANSW${i}x`, 2)}</div><div class="user-info"><div class="user-action-time">answered May 3 at 9:0${i}</div></div></div></div></div>`)}</div></div><div id="sidebar"><div class="module sidebar-related"><h4>Related</h4>${times(6, (i) => `<div><a href="/q${i}">RELTITLE${i} another question about rope</a></div>`)}</div></div></div></div>${foot}`,
      "How do I splice a rope?",
    ),
    wanted: [...marks("QUEST", 2), "splice --rope", ...[0, 1, 2].flatMap((i) => marks(`ANSW${i}x`, 2))],
    unwanted: ["RELTITLE1", "TAGROPE"],
  },
  "a manual: a tree of pages, code, tables, what comes next": {
    html: page(
      `<div class="navbar"><a href="/">NAVDOCS</a></div><div class="main-wrapper docs-wrapper docs-doc-page"><aside class="theme-doc-sidebar-container"><nav class="menu"><ul class="menu__list">${times(12, (i) => `<li class="menu__list-item"><a class="menu__link" href="/d${i}">TREE${i} chapter</a></li>`)}</ul></nav></aside><main class="docMainContainer"><div class="container"><div class="row"><div class="col docItemCol"><div class="docItemContainer"><article><nav class="theme-doc-breadcrumbs"><ul><li><a href="/">CRUMB</a></li></ul></nav><div class="theme-doc-markdown markdown"><header><h1>Setting up the winch</h1></header>${ps("INTRO", 2)}<h2 class="anchor" id="install">Install<a class="hash-link" href="#install">​</a></h2><p>${say("INST0", 1)}</p><div class="language-bash codeBlockContainer"><div class="codeBlockContent"><pre tabindex="0" class="prism-code language-bash"><code><span class="token-line"><span class="token plain">winch install --drum 2</span><br></span></code></pre><div class="buttonGroup"><button>Copy</button></div></div></div><div class="theme-admonition theme-admonition-note alert alert--secondary"><div class="admonitionHeading">note</div><div class="admonitionContent"><p>${say("ADMON0", 1)}</p></div></div><table><thead><tr><th>Option</th><th>Meaning</th></tr></thead><tbody>${times(3, (i) => `<tr><td><code>--opt${i}</code></td><td>OPTION${i} turns the drum</td></tr>`)}</tbody></table></div><footer class="theme-doc-footer"><a href="/edit">Edit this page</a></footer></article><nav class="pagination-nav"><a class="pagination-nav__link" href="/n"><div class="pagination-nav__sublabel">Next</div><div>NEXTCHAPTER</div></a></nav></div></div><div class="col col--3"><div class="tableOfContents thin-scrollbar"><ul class="table-of-contents"><li><a href="#install">TOCINSTALL</a></li></ul></div></div></div></div></main></div>`,
      "Setting up the winch",
    ),
    wanted: [...marks("INTRO", 2), "INST0", "winch install --drum 2", "ADMON0", "OPTION1"],
    unwanted: ["TREE3", "CRUMB", "NEXTCHAPTER", "TOCINSTALL", "Edit this page"],
  },
  "a live report: entries with times": {
    html: page(
      `${nav}<main><article><h1>Storm at the quay, hour by hour</h1><p class="standfirst">${say("LEAD0", 1)}</p><div class="liveblog-body">${times(7, (i) => `<article class="block" id="b${i}"><header><time datetime="2021-05-02T1${i}:00">1${i}:0${i}</time><h2>ENTRYTITLE${i} water rises</h2></header>${ps(`LIVE${i}x`, 1)}<button>Share</button></article>`)}</div></article></main>${foot}`,
      "Storm at the quay",
    ),
    wanted: ["LEAD0", ...[0, 1, 2, 3, 4, 5, 6].map((i) => `LIVE${i}x0 `)],
  },
  "an interview: questions in bold": {
    html: page(
      `${nav}<div class="story"><h1>The harbour master speaks</h1><p>${say("LEAD0", 1)}</p>${times(6, (i) => `<p><strong>QUEST${i} And what did you do then?</strong></p><p>${say(`ANSW${i}`)}</p>`)}</div><div class="author-box"><img src="a"><p>${say("AUTHOR0", 1)}</p></div>${foot}`,
    ),
    wanted: ["LEAD0", ...marks("QUEST", 6), ...marks("ANSW", 6)],
    unwanted: ["AUTHOR0"],
  },
  "a list of places: numbered headings, captions, links to buy": {
    html: page(
      `${nav}<article class="listicle"><h1>8 walks along the dyke</h1><div class="intro">${ps("INTRO", 1)}</div>${times(8, (i) => `<div class="listicle-slide"><h2>${i + 1}. PLACE${i} and around</h2><figure><img src="x"><figcaption>Photo: someone</figcaption></figure><div class="listicle-slide-dek"><p>${say(`WALK${i}`)}</p></div><a class="product-btn" href="/b${i}">Shop now</a></div>`)}</article><section class="newsletter-module"><p>${say("LETTER0", 1)}</p><input type="email"><button>Sign up</button></section>${foot}`,
      "8 walks along the dyke",
    ),
    wanted: [...marks("INTRO", 1), ...marks("WALK", 8), "PLACE4"],
    unwanted: ["LETTER0", "Shop now"],
  },
  "an encyclopedia: box of facts, contents, references": {
    html: page(
      `<div id="mw-page-base"></div><div id="content" class="mw-body"><h1 id="firstHeading" class="firstHeading">Winch</h1><div id="bodyContent"><div id="siteSub">From the free harbour encyclopedia</div><div id="mw-content-text"><div class="mw-parser-output"><div class="hatnote">HATNOTE For the bird, see Finch.</div><table class="infobox"><tr><th>Kind</th><td>INFOBOXVALUE</td></tr><tr><th>Use</th><td>ropes</td></tr></table>${ps("ENCY", 3)}<div id="toc" class="toc"><h2>Contents</h2><ul><li><a href="#h">TOCENTRY</a></li></ul></div><h2><span class="mw-headline">History</span><span class="mw-editsection">[<a href="/e">edit</a>]</span></h2>${ps("HIST", 3)}<h2>References</h2><div class="reflist"><ol class="references">${times(5, (i) => `<li>^ <cite>Lee, Ann (200${i}). <a href="/b">REFBOOK${i}</a>. Quay Press.</cite></li>`)}</ol></div><div class="navbox"><a href="/x">NAVBOXLINK</a></div></div></div><div id="catlinks" class="catlinks">Categories: <a href="/c">CATLINK</a></div></div></div><div id="mw-navigation"><a href="/m">NAVMAIN</a></div>`,
      "Winch",
    ),
    wanted: [...marks("ENCY", 3), ...marks("HIST", 3)],
    unwanted: ["REFBOOK2", "NAVBOXLINK", "CATLINK", "TOCENTRY"],
  },
  "a long notice about cookies before the text, without telling names": {
    html: page(
      `<div id="qc-cmp2" class="fx-9 bottom" role="dialog" aria-label="We value your privacy"><div><h2>We value your privacy</h2><p>CONSENT0 We and our partners store and access information on a device, such as cookies, and process personal data for personalised advertising and content, measurement of both, and research on audiences. You may click to consent, or refuse, and change your mind at any time by the link at the end of this page.</p><button>Agree</button></div></div>${nav}<div class="w1"><h1>By the harbour</h1>${ps("TEXT", 5)}</div>${foot}`,
    ),
    wanted: marks("TEXT", 5),
    unwanted: ["CONSENT0"],
  },
  "a job: tasks and wishes in lists, facts beside": {
    html: page(
      `${nav}<div class="job-detail"><h1>Lock keeper (part time)</h1><div class="job-facts"><dl><dt>Place</dt><dd>FACTPLACE east quay</dd><dt>Begin</dt><dd>in spring</dd></dl></div><div class="job-description"><p>${say("ABOUT0")}</p><h2>Your tasks</h2><ul>${times(5, (i) => `<li>TASK${i} looking after the gates and the pumps of the lock</li>`)}</ul><h2>What you bring</h2><ul>${times(4, (i) => `<li>WISH${i} some years on the water or beside it</li>`)}</ul></div><a class="btn-apply" href="/apply">Apply now</a></div><div class="similar-jobs"><h3>Similar jobs</h3>${times(4, (i) => `<div><a href="/j${i}">SIMILAR${i} keeper of something</a></div>`)}</div>${foot}`,
      "Lock keeper",
    ),
    wanted: ["ABOUT0", ...marks("TASK", 5), ...marks("WISH", 4)],
    unwanted: ["SIMILAR2", "Apply now"],
  },
  "verses in line breaks": {
    html: page(
      `${nav}<div class="lyrics-page"><h1>Song of the ferry</h1><div class="lyrics">${times(4, (v) => `${times(4, (i) => `VERSE${v}${i} the water runs on<br>`)}<br>`)}</div></div><div class="more-songs"><h3>More songs</h3>${times(5, (i) => `<a href="/s${i}">SONG${i} of the sea</a><br>`)}</div>${foot}`,
      "Song of the ferry",
    ),
    wanted: times(4, (v) => `VERSE${v}2`).split("\n"),
    unwanted: ["SONG2"],
  },
  "Japanese text in boxes without paragraphs": {
    html: page(
      `<div class="gnav"><a href="/">ホーム</a><a href="/n">ニュース</a></div><div class="detail"><h1>港の渡し船</h1><div class="detail-text">${times(5, (i) => `本文${i}。渡し船は朝七時に東の岸壁を出て、潮が変わる前に戻ってくる。誰が門を塗ったのかは覚えていないが、昔は緑色だったと皆が言う。<br>`)}</div></div><div class="rank"><h2>アクセスランキング</h2><ol>${times(5, (i) => `<li><a href="/r${i}">ランキング${i}の記事</a></li>`)}</ol></div><div class="copy">Copyright 港新聞社 無断転載を禁じます</div>`,
      "港の渡し船",
    ),
    wanted: ["本文0", "本文2", "本文4"],
    unwanted: ["ランキング2", "無断転載"],
  },
};

test.each(Object.entries(kinds))("%s", (_, { html, wanted, unwanted = [] }) => {
  const { text } = extractText(html);
  expect({
    missing: wanted.filter((mark) => !text.includes(mark)),
    extra: [...unwanted, "NAV", "FOOT"].filter((mark) => text.includes(mark)),
  }).toEqual({ missing: [], extra: [] });
});

test.each(["teaser-text", "subtitle related", "intro share"])("a short standfirst named %s stays", (name) => {
  const lead = "LEAD The ferry leaves the quay at seven and is back before noon.";
  const html = page(
    `${nav}<main><h1>By the harbour</h1><div class="${name}">${lead}</div><div class="text">${ps("BODY", 5)}</div></main>${foot}`,
  );
  expect(extractText(html).text).toContain(lead);
});

test.each(["field--label-hidden", "overflow-hidden", "card has-tags", "no-date"])(
  "%s is said of a part: what is named so stays",
  (name) => {
    const short = "SHORT The ferry leaves at seven.";
    const html = page(
      `${nav}<main><h1>By the harbour</h1><div class="text">${ps("BODY", 3)}<div class="${name}">${short}</div>${ps("MORE", 3)}</div></main>${foot}`,
    );
    expect(extractText(html).text).toContain(short);
  },
);
