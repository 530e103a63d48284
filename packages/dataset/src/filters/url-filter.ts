import { check } from "../check.js";
import { filter, type Step, type Verdict } from "../step.js";

/** What `urlFilter` drops by. The package ships no lists. */
export interface UrlLists {
  /** Registered domains (`example.co.uk`) and full host names. */
  domains?: Iterable<string>;
  /** Whole URLs. */
  urls?: Iterable<string>;
  /** Words that drop a URL when one of them is in it. */
  words?: Iterable<string>;
  /** Words that drop a URL when several of them are in it. */
  softWords?: Iterable<string>;
  /** What may not occur even within a word, when the URL is written in lower case without punctuation. */
  subwords?: Iterable<string>;
}

/** Options of `urlFilter`. */
export interface UrlFilterOptions {
  lists: UrlLists;
  /** How many different soft words drop a document. Default 2. */
  softWordThreshold?: number;
}

/**
 * Drops documents by `meta.url`, deciding as datatrove 0.10 does. Documents without a URL are kept. Lines of a list that start
 * with `#` are comments; case counts when whole words are compared, since listed words are lower-case and URLs need not be.
 */
export function urlFilter(options: UrlFilterOptions): Step {
  check("urlFilter", options, { lists: "object!", softWordThreshold: "number" });
  const { lists, softWordThreshold = 2 } = options;
  const domains = new Set(entries(lists.domains));
  const urls = new Set(entries(lists.urls));
  const words = normalised(lists.words);
  const softWords = normalised(lists.softWords);
  const subwords = normalised(lists.subwords);
  const found = (reason: string, metric: string, value: string): Verdict =>
    value === ""
      ? { keep: true, metric, value: "none" }
      : { keep: false, reason, metric, value, threshold: "listed" };

  return filter("urlFilter", async function* ({ meta }) {
    const { url } = meta;
    if (typeof url !== "string") {
      yield { keep: true, metric: "url", value: "none" };
      return;
    }
    if (domains.size > 0) {
      const { domain, hostname } = await hostOf(url);
      yield found("domain", "domain", domains.has(domain) ? domain : "");
      yield found("subdomain", "host", domains.has(hostname) ? hostname : "");
    }
    yield found("url", "url", urls.has(url) ? url : "");

    const parts = new Set(url.split(/[^a-zA-Z0-9]+/));
    yield found("hard_blacklisted", "word", words.find((word) => parts.has(word)) ?? "");

    const soft = softWords.filter((word) => parts.has(word));
    const value = soft.length;
    const metric = "softWords";
    const threshold = softWordThreshold - 1;
    yield value > threshold
      ? { keep: false, reason: "soft_blacklisted", metric, value, threshold, bound: "max" }
      : { keep: true, metric, value, threshold, bound: "max" };

    const squeezed = normalise(url);
    const subword = subwords.find((part) => squeezed.includes(part));
    yield found("blacklisted_subword", "subword", subword ?? "");
  });
}

/** The registered domain and the host name of a URL; both empty for an address or a host under no public suffix. */
async function hostOf(url: string): Promise<{ domain: string; hostname: string }> {
  const { parse } = await import("tldts"); // holds the public suffix list, so it is loaded by those who list domains
  const { domain, hostname } = parse(url, { validateHostname: false });
  return domain ? { domain, hostname: hostname ?? "" } : { domain: "", hostname: "" };
}

function entries(list: Iterable<string> = []): string[] {
  return [...list].map((line) => line.trim()).filter((line) => line !== "" && line[0] !== "#");
}

function normalised(list: Iterable<string> | undefined): string[] {
  return [...new Set(entries(list).map(normalise))].filter((word) => word !== "");
}

function normalise(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, "").toLowerCase();
}
