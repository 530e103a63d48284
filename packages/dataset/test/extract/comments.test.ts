import { expect, test } from "vitest";
import { extractText } from "../../src/extract/extract-text.js";

// What readers wrote below a page, and names that stand on most of it.

const sentences = [
  "was built on the river by two brothers, who had come from the north with their tools",
  "burned down in a dry summer, and the village paid for a new roof in the same year",
  "was known in the whole valley, since its flour was finer than that of the others",
  "stood still for a long time, until a school bought it and opened a small museum",
];
const prose = (mark: string, count: number) =>
  Array.from(
    { length: count },
    (_, i) => `The ${mark}${i} mill ${sentences[i % 4]}. ${mark}${i} is well kept today.`,
  );
const paragraphs = (mark: string, count: number) =>
  prose(mark, count)
    .map((text) => `<p>${text}</p>`)
    .join("");
const page = (body: string) =>
  `<!doctype html><title>The old mill</title><nav><a href="/">Home</a> <a href="/news">News</a></nav>${body}<footer>Imprint</footer>`;
const found = (html: string, mark: string, count: number) => {
  const { text } = extractText(html);
  return Array.from({ length: count }, (_, i) => text.includes(`${mark}${i} `)).filter(Boolean).length;
};

test.each(["promo", "share", "related", "widget", "author-box", "sidebar"])(
  "a name %s on every part of a page says nothing, on one beside the text it does",
  (name) => {
    const parts = Array.from(
      { length: 5 },
      (_, i) => `<div class="${name}">${paragraphs(`part${i}x`, 2)}</div>`,
    );
    const builder = page(`<div class="wrap"><h1>The old mill</h1>${parts.join("")}</div>`);
    expect([0, 1, 2, 3, 4].map((i) => found(builder, `part${i}x`, 2))).toEqual([2, 2, 2, 2, 2]);
    const beside = page(
      `<article><h1>The old mill</h1>${paragraphs("body", 8)}</article><div class="${name}">${paragraphs("beside", 1)}</div>`,
    );
    expect([found(beside, "body", 8), found(beside, "beside", 1)]).toEqual([8, 0]);
  },
);

test.each(["comments", "commentlist", "disqus", "kommentare"])(
  "%s are left out though they are longer than their article",
  (name) => {
    const html = page(
      `<article><h1>The old mill</h1>${paragraphs("body", 5)}</article><div class="${name}">${paragraphs("reader", 20)}</div>`,
    );
    expect([found(html, "body", 5), found(html, "reader", 20)]).toEqual([5, 0]);
  },
);

test("what is named comments and is nearly the whole page is the page", () => {
  expect(found(page(`<div class="comments">${paragraphs("post", 12)}</div>`), "post", 12)).toBe(12);
});

test("comments without names are told by their dates and the field to write in", () => {
  const comments = prose("reader", 6).map(
    (text, i) =>
      `<div class="x1"><div class="x2"><a href="/u${i}">anna${i}</a> <span>12.0${i + 1}.2019, 18:3${i}</span></div><div class="x3">${text}</div><a href="#r">Antworten</a></div>`,
  );
  const html = page(
    `<div class="x8"><h1>The old mill</h1>${paragraphs("body", 6)}</div><div class="x9"><h3>6 Kommentare</h3>${comments.join("")}<form><textarea></textarea><button>Abschicken</button></form></div>`,
  );
  expect([found(html, "body", 6), found(html, "reader", 6)]).toEqual([6, 0]);
});

test.each([
  "Comments (3)",
  "3 Kommentare",
  "Schreibe einen Kommentar",
  "Laisser un commentaire",
  "Deja una respuesta",
  "Lascia un commento",
  "Deixe um comentário",
  "Geef een reactie",
  "Dodaj komentarz",
  "Оставить комментарий",
  "Napsat komentář",
  "Lämna ett svar",
  "コメントを残す",
])("a heading %s ends the text", (heading) => {
  const comments = prose("reader", 4).map((text) => `<div><b>anna</b><div>${text}</div></div>`);
  const html = page(
    `<div class="text"><h1>The old mill</h1>${paragraphs("body", 5)}<h3>${heading}</h3>${comments.join("")}</div>`,
  );
  expect([found(html, "body", 5), found(html, "reader", 4)]).toEqual([5, 0]);
});

test("a heading that only begins like one ends nothing", () => {
  for (const heading of [
    "Commentary on the wheel",
    "Kommentare der Müller von 1740",
    "About the authors of the law",
  ]) {
    const html = page(
      `<div class="text"><h1>The old mill</h1>${paragraphs("body", 5)}<h3>${heading}</h3>${paragraphs("after", 4)}</div>`,
    );
    expect([heading, found(html, "after", 4)]).toEqual([heading, 4]);
  }
});

test("parts of one make are chosen together, but for those that are links", () => {
  const parts = prose("part", 6).map(
    (text, i) => `<div class="box box-${i}"><h2>Step ${i}</h2><div>${text}</div></div>`,
  );
  const links = Array.from(
    { length: 4 },
    (_, i) => `<a href="/${i}">ELSEWHERE another page of this site</a> `,
  );
  const html = page(`<div class="a">${parts.join("")}<div class="box box-9">${links.join("")}</div></div>`);
  expect(found(html, "part", 6)).toBe(6);
  expect(extractText(html).text).not.toContain("ELSEWHERE");
});
