import { blogs } from "./blogs.js";
import { type Segments, segmentsOf, TrialPage } from "./page.js";
import { sites } from "./sites.js";

/** A made-up page whose main content is known. */
export interface Trial {
  readonly id: string;
  readonly maker: string;
  readonly half: "tuning" | "unseen";
  readonly html: string;
  readonly truth: string;
  readonly segments: Segments;
}

const templates = Object.entries({ ...blogs, ...sites });

/** Some pages of each maker, whose classes and ids are its own, hashed or none; every second maker is unseen. */
export function makeTrials(data: string, perMaker: number, seed = 1): Trial[] {
  return templates.flatMap(([maker, template], at) =>
    Array.from({ length: perMaker }, (_, i): Trial => {
      const page = new TrialPage(data, seed * 1_000_003 + at * 1009 + i);
      const body = template(page);
      const around = page.chance(0.7);
      const html = `<!doctype html><html lang="${page.language}"><head><meta charset="utf-8"><title>${page.title}${page.chance(0.5) ? ` | ${page.words(2)}` : ""}</title></head><body>${around ? page.nav() : ""}${page.chance(0.3) ? page.cookies() : ""}${body}${page.footer()}${page.chance(0.2) ? page.cookies() : ""}</body></html>`;
      const names = page.random();
      return {
        id: `${maker}-${i}`,
        maker,
        half: at % 2 === 0 ? "tuning" : "unseen",
        html: names < 0.5 ? html : names < 0.75 ? hashNames(html) : dropNames(html),
        truth: page.truth.join("\n"),
        segments: segmentsOf(page),
      };
    }),
  );
}

function dropNames(html: string): string {
  return html.replace(/ (?:class|id)="[^"]*"/g, "");
}

/** Names as CSS modules have them: the same for the same name, and without meaning. */
function hashNames(html: string): string {
  return html.replace(/ (class|id)="([^"]*)"/g, (_, kind: string, value: string) => {
    const words = value
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => {
        let hash = 7;
        for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + word.charCodeAt(i)) >>> 0;
        return `x${hash.toString(36)}`;
      });
    return ` ${kind}="${words.join(" ")}"`;
  });
}
