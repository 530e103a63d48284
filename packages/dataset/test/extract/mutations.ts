// Real pages, and what becomes of them in bad hands.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const data = process.env["LLM_DATA"] ?? new URL("../../../../../shared/data", import.meta.url).pathname;
const folders = [join(data, "article-extraction/html"), join(data, "readability-pages")];

/** The shared pages, or none where they are not there. */
export function realPages(): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".html.gz") && !name.includes("expected"))
          .map((name) => gunzipSync(readFileSync(join(folder, name))).toString("utf8"))
      : [],
  );
}

export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const names =
  "p div span a b i em table tr td th tbody thead caption colgroup col ul li ol dl dd dt h1 h2 form input button select option optgroup svg math title style script path foreignObject desc mi mtext annotation-xml template br hr pre textarea iframe noscript head body html frameset frame nobr font article section object ruby rt rp img address center label u code main".split(
    " ",
  );

/** A tag, or some text, of whatever kind. */
export function anyPiece(random: Random): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const kind = random();
  if (kind < 0.5) return `<${pick(names)}${random() < 0.15 ? " class=x" : ""}${random() < 0.06 ? "/" : ""}>`;
  if (kind < 0.8) return `</${pick(names)}>`;
  return kind < 0.97
    ? pick(["x", "word ", "  ", "\n", "t&amp;"])
    : pick(["<!--c-->", "<!doctype html>", "<!x>"]);
}

const tag = /<\/?[a-z][^>]*>/gi;

/** A page with tags dropped, moved, cut or added, attributes shuffled, quotes lost, cut off anywhere or nested deep. */
export function mutate(html: string, random: Random): string {
  const inTags = (share: number, change: (tag: string) => string) =>
    html.replace(tag, (found) => (random() < share ? change(found) : found));
  const at = (text: string) => Math.floor(random() * text.length);
  const changes = [
    () => inTags(0.02, () => ""),
    () => inTags(0.3, () => ""),
    () => html.replace(/<\/[a-z]+>/gi, (end) => (random() < 0.1 ? "" : end)),
    () => html.slice(0, at(html)),
    () => html.slice(at(html)),
    () => {
      const all = html.match(tag) ?? [""];
      return inTags(0.03, () => all[at(all.join("").slice(0, all.length))]!);
    },
    () => inTags(0.02, (found) => found.slice(0, at(found))),
    () => inTags(0.03, (found) => anyPiece(random) + found),
    () => html.replace(/["'=>]/g, (sign) => (random() < 0.01 ? "" : sign)),
    () =>
      inTags(0.5, (found) =>
        found.replace(
          /^(<\S+)\s+([^<>]*)>$/,
          (_, start, rest) =>
            `${start} ${rest
              .split(/\s+(?=[\w-]+=)/)
              .reverse()
              .join(" ")}>`,
        ),
      ),
    () => html.replace(/<body[^>]*>/i, (body) => body + "<div>".repeat(400)),
  ];
  return changes[Math.floor(random() * changes.length)]!();
}

/** The same, nested deeper than browsers go: trees differ then, the text must not get lost. */
export function nestDeep(html: string): string {
  return html.replace(/<body[^>]*>/i, (body) => body + "<div>".repeat(1000));
}
