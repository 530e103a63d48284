import { dayIn, personIn, readByline } from "./byline.js";
import type { HtmlNode } from "./tree.js";

/** What a page says about itself. */
export interface PageMetadata {
  /** Headline of the page, `""` where there is none. */
  title: string;
  /** Day of publication, `YYYY-MM-DD`. */
  date?: string;
  author?: string;
  /** BCP 47 tag as declared, lower-case: `"en"`, `"pt-br"`. A declaration, not a detection. */
  language?: string;
}

/** Reads title, date, author and language from meta elements, JSON-LD, marked-up elements, the byline and, last, the URL. */
export function readMetadata(nodes: readonly HtmlNode[], url = ""): PageMetadata {
  const found = collect(nodes);
  const first = (...names: string[]) => names.map((name) => found.get(name)).find((value) => value);
  const declared = first("og:title", "ld:headline", "twitter:title", "h1", "dc.title");
  const title = declared
    ? withoutNamedSite(declared, first("og:site_name") ?? "", url)
    : withoutSite(first("title") ?? "");
  const dates = [
    first(
      "article:published_time",
      "ld:datepublished",
      "datepublished",
      "dc.date",
      "dc.date.issued",
      "date",
      "pubdate",
    ),
    first(
      "publishdate",
      "sailthru.date",
      "parsely-pub-date",
      "time",
      "ld:datecreated",
      "article:modified_time",
    ),
  ];
  const declaredDate = dates.map(day).find(Boolean);
  const declaredAuthor = first(
    "ld:author",
    "author",
    "article:author",
    "dc.creator",
    "byl",
    "parsely-author",
    "rel:author",
  );
  const author = declaredAuthor && !/^https?:/.test(declaredAuthor) ? declaredAuthor : undefined;
  const byline = declaredDate && author ? { date: declaredDate, author } : readByline(nodes);
  const date = declaredDate ?? byline.date ?? dayOfUrl(url);
  const writer = author?.replace(/^by\s+/i, "") ?? byline.author;
  const language = first("lang", "content-language", "og:locale")
    ?.toLowerCase()
    .replace("_", "-")
    .split(",")[0]
    ?.trim();
  return {
    title: clean(title, 500),
    ...(date && { date }),
    ...(writer && { author: clean(writer, 200) }),
    ...(language && /^[a-z]{2,3}(?:-[a-z0-9]+)*$/.test(language) && { language }),
  };
}

/** First value of every name. */
function collect(nodes: readonly HtmlNode[]): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, value: string | undefined) => {
    const text = clean(value?.slice(0, 2000) ?? "", 2000);
    if (text && !found.has(name)) found.set(name, text);
  };
  /** Where the svg ends that was last: a title in it is that of a picture. */
  let drawingEnd = 0;
  nodes.forEach((node, index) => {
    const { tag, attributes } = node;
    if (tag === "meta") {
      for (const key of ["property", "name", "itemprop", "http-equiv"] as const) {
        if (attributes[key]) add(attributes[key].toLowerCase(), attributes["content"]);
      }
    } else if (tag === "html") add("lang", attributes["lang"]);
    else if (tag === "svg") drawingEnd = Math.max(drawingEnd, node.end);
    else if (tag === "h1" || (tag === "title" && index >= drawingEnd)) add(tag, innerText(nodes, index));
    else if (tag === "time") add("time", attributes["datetime"]);
    else if (tag === "script" && attributes["type"] === "application/ld+json")
      readJsonLd(innerText(nodes, index), add);
    else if (attributes["rel"] === "author") add("rel:author", personIn(clean(innerText(nodes, index), 200)));
    else if (attributes["itemprop"] === "author")
      add("author", attributes["content"] ?? personIn(clean(innerText(nodes, index), 200)));
    else if (attributes["itemprop"] === "datePublished") {
      add("datepublished", attributes["datetime"] ?? attributes["content"] ?? innerText(nodes, index));
    }
  });
  return found;
}

function innerText(nodes: readonly HtmlNode[], index: number): string {
  const { end } = nodes[index]!;
  let text = "";
  for (let i = index + 1; i < Math.min(end, index + 50); i++) text += nodes[i]!.text;
  return text.slice(0, 500_000);
}

/** Breadth-first through a JSON-LD block for the fields of an article. */
function readJsonLd(json: string, add: (name: string, value: string | undefined) => void): void {
  let data: unknown;
  try {
    data = JSON.parse(json.replaceAll("\0", ""));
  } catch {
    return;
  }
  const queue = [data];
  for (let i = 0; i < queue.length && i < 2000; i++) {
    const item = queue[i];
    if (typeof item !== "object" || item === null) continue;
    const fields: Record<string, unknown> = { ...item };
    if ("headline" in fields || "datePublished" in fields) {
      for (const name of ["headline", "datePublished", "dateCreated"]) {
        if (typeof fields[name] === "string") add(`ld:${name.toLowerCase()}`, fields[name]);
      }
      add("ld:author", nameOf(fields["author"]));
    }
    queue.push(...Object.values(fields).slice(0, 200));
  }
}

function nameOf(author: unknown, depth = 0): string | undefined {
  if (typeof author === "string") return author;
  if (depth > 3) return undefined;
  if (Array.isArray(author)) {
    const names = author.slice(0, 20).map((item) => nameOf(item, depth + 1));
    return names.filter(Boolean).join(", ");
  }
  if (typeof author === "object" && author !== null && "name" in author)
    return nameOf(author.name, depth + 1);
  return undefined;
}

/** `"Headline - Site"` without the site, where what is left is still a headline. */
function withoutSite(title: string): string {
  const shorter = title.replace(/\s+[|–—»·-]\s+[^|–—»·]{1,40}$/, "");
  return shorter.length >= 0.4 * title.length ? shorter : title;
}

/** The same where a declared title ends in what is known to be the site's name, or stands in the URL's host. */
function withoutNamedSite(title: string, site: string, url: string): string {
  const [, headline, suffix] = /^(.*\S)\s+[|–—»·-]\s+([^|–—»·]{1,40})$/.exec(title) ?? [];
  if (headline === undefined || suffix === undefined) return title;
  const squeezed = squeeze(suffix);
  const host = squeeze(/^https?:\/\/([^/]*)/.exec(url)?.[1] ?? "");
  const isSite = squeezed === squeeze(site) || (squeezed.length > 3 && host.includes(squeezed));
  return isSite && squeezed !== "" ? headline : title;
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

function dayOfUrl(url: string): string | undefined {
  const path = url.slice(0, 2000);
  const numbers = /\/((?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01]))(?=\D|$)/.exec(
    path,
  )?.[1];
  if (numbers) return day(numbers);
  const [, year, month, date] = /\/((?:19|20)\d\d)\/([a-z]{3,9})\/(\d\d?)(?=\D|$)/i.exec(path) ?? [];
  return year ? dayIn(`${date} ${month} ${year}`) : undefined;
}

function day(value: string | undefined): string | undefined {
  const match = /^\D{0,12}((?:19|20)\d\d)[-/.]?(\d\d?)[-/.]?(\d\d?)(?!\d)/.exec(value ?? "") ?? undefined;
  if (match) {
    const [year, month, date] = [match[1]!, match[2]!.padStart(2, "0"), match[3]!.padStart(2, "0")];
    return +month >= 1 && +month <= 12 && +date >= 1 && +date <= 31 ? `${year}-${month}-${date}` : undefined;
  }
  const time =
    value && /[a-z]{3}.*\d{4}/i.test(value.slice(0, 60))
      ? Date.parse(`${value.slice(0, 60)} UTC`)
      : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

function clean(text: string, limit: number): string {
  return text.replaceAll("\0", "").replace(/\s+/g, " ").trim().slice(0, limit);
}
