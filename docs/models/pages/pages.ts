import { ARTICLES, type Article } from "./articles.js";

/** A page as a crawler fetches it. */
export interface Page {
  readonly id: string;
  readonly text: string;
  readonly meta: { readonly url: string; readonly mediaType: string };
}

/** 40 pages as a crawl would bring them: prose between menus and banners, copies of it, and what filters are there for. */
export function pages(): Page[] {
  const [otters, mill, bread, saturn] = ARTICLES as [Article, Article, Article, Article];
  const all = [
    ...ARTICLES.map((article) => html(article)),
    // Copies: whole, with another frame, and with a sentence more.
    html({ ...otters, url: "https://mirror.example/sea-otters" }),
    html({ ...mill, url: "https://travel-tips.example/the-mill", title: "Tip of the week: an old mill" }),
    html({
      ...bread,
      url: "https://recipes-again.example/no-knead",
      paragraphs: [
        ...bread.paragraphs,
        "Let the bread cool before you cut it, even if the whole house smells of it.",
      ],
    }),
    text(
      "https://feed.example/saturn.txt",
      `${saturn.paragraphs.join("\n").replaceAll("almost thirty years", "about 29 years")}\n`,
    ),
    ...BAD,
  ];
  return all.map(({ url, mediaType, text }, at) => ({
    id: `${`${at + 1}`.padStart(2, "0")} ${new URL(url).host}${new URL(url).pathname}`,
    text,
    meta: { url, mediaType },
  }));
}

interface Raw {
  readonly url: string;
  readonly mediaType: string;
  readonly text: string;
}

function html({ url, title, paragraphs }: Article): Raw {
  const body = `<html lang="en"><head><title>${title} | ${new URL(url).host}</title></head><body>
<nav><a href="/">Home</a> <a href="/all">All articles</a> <a href="/about">About us</a> <a href="/contact">Contact</a></nav>
<div class="cookie-banner">This site uses cookies. <button>Accept all</button> <button>Settings</button></div>
<article><h1>${title}</h1>
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join("\n")}</article>
<aside><h2>Read next</h2><ul><li><a href="/1">Ten things you did not know</a></li><li><a href="/2">The best of the year</a></li></ul></aside>
<footer>Share this page. All rights reserved.</footer></body></html>`;
  return { url, mediaType: "text/html", text: body };
}

function text(url: string, content: string): Raw {
  return { url, mediaType: "text/plain", text: content };
}

const times = (count: number, line: (at: number) => string, between = "\n") =>
  Array.from({ length: count }, (_, at) => line(at + 1)).join(between);

/** Sentences of several articles, another choice for each `first`. */
function blend(first: number, count = 12): string[] {
  return Array.from({ length: count }, (_, at) => {
    const { paragraphs } = ARTICLES[(first + 3 * at) % ARTICLES.length]!;
    const sentences = paragraphs.join(" ").split(/(?<=\.) /);
    return sentences[(first + at) % sentences.length]!;
  });
}

/** Lines of at most so many characters. */
const wrapped = (text: string, width: number) =>
  [...text.matchAll(new RegExp(`.{1,${width}}(?: |$)`, "g"))].map(([line]) => line.trim()).join("\n");

const COMMON = /\b(?:the|be|to|of|and|that|have|with)\b ?/gi;
const LONG = "which is the whole of what we do in this town and in the villages along the river";

/** What the filters are for, most of it plain text, so that extraction leaves it as it is. */
const BAD: readonly Raw[] = [
  text("https://best-casino.example/bonus", blend(0).join("\n")),
  {
    url: "https://empty-shell.example/app",
    mediaType: "text/html",
    text: '<html><head><title>App</title></head><body><div id="app"></div><script>start();</script></body></html>',
  },
  text(
    "https://alte-muehle.example/geschichte",
    "Die Mühle wurde in dem Jahr gebaut, in dem auch die Brücke fertig wurde, und beides bezahlte dieselbe Familie. Sie mahlte das Korn von sieben Dörfern, bis die Eisenbahn billigeres Mehl von der Küste brachte.\nDreißig Jahre lang stand das Rad still. Kinder schwammen im Teich, und im Haus des Müllers lagen Äpfel.\nHeute dreht sich dort eine kleine Turbine, und die alten Steine kann man am ersten Sonntag im Monat sehen.",
  ),
  text(
    "https://vieux-moulin.example/histoire",
    "Le moulin fut construit l'année où le pont fut achevé, et la même famille paya les deux. Il broyait le blé de sept villages, jusqu'à ce que le chemin de fer apporte de la farine moins chère.\nPendant trente ans, la roue resta immobile. Les enfants nageaient dans l'étang et la maison du meunier servait à garder les pommes.\nAujourd'hui une petite turbine tourne à sa place et suffit à quarante maisons.",
  ),
  text(
    "https://short-news.example/today",
    "The road to the harbour is closed until Monday, because a tree fell on it in the night. The bus stops at the church, and whoever wants to reach the ferry should leave home ten minutes earlier than usual.",
  ),
  text(
    "https://shop-list.example/screws",
    times(30, (n) => `- Screw M${n} x ${n * 5}`),
  ),
  text(
    "https://slogan.example/",
    times(14, () => "Buy now and save money today with our offer for the whole family."),
  ),
  text(
    "https://chorus.example/song",
    times(
      6,
      (n) => `And we sing it ${n} times: row the boat, row the boat, row the boat, row the boat ashore.`,
    ),
  ),
  text(
    "https://template-jobs.example/jobs",
    blend(3, 6)
      .map((sentence) => `${sentence} You will be part of a team that loves what it does.`)
      .join("\n"),
  ),
  text(
    "https://hash-tags.example/post",
    blend(1)
      .join("\n")
      .replace(/\b(?=\w{5})/g, "#"),
  ),
  text("https://suspense.example/story", blend(2).join("\n").replaceAll(".", "…")),
  text(
    "https://agenda.example/minutes",
    blend(4)
      .map((sentence) => `- ${sentence}`)
      .join("\n"),
  ),
  text(
    "https://prices.example/table",
    blend(5)
      .map((sentence, at) =>
        sentence
          .replaceAll(" ", () => (at % 2 ? ` ${((at + 7) * 7919) % 997} ` : " "))
          .replace(/,/g, ` ${at * at + 83},`),
      )
      .join("\n"),
  ),
  text("https://keywords.example/seo", blend(6).join("\n").replace(COMMON, "")),
  text(
    "https://unfinished.example/home",
    [...blend(7), "Lorem ipsum dolor sit amet, consectetur elit."].join("\n"),
  ),
  text(
    "https://code-help.example/loop",
    [...blend(8, 8), "for (const otter of otters) { feed(otter); }", ...blend(9, 3)].join("\n"),
  ),
  text("https://lines.example/poem", wrapped(blend(10).join(" "), 28)),
  text("https://headlines.example/today", blend(11).join("\n").replace(/\.$/gm, "")),
  text(
    "https://said-twice.example/blog",
    [...blend(12), "Read more about it here.", ...blend(13, 2), "Read more about it here."].join("\n"),
  ),
  text(
    "https://contact-us.example/team",
    [
      ...blend(14),
      "If you have a question, write to anna.green@garden-club.example, and we will answer on the same day.",
      `Our server is at 84.17.52.11, ${LONG}.`,
    ].join("\n"),
  ),
];
