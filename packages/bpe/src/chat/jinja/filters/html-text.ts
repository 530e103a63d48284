// The text of a piece of HTML.
import { TemplateError } from "../../errors.js";
import { split } from "../strings/cut.js";
import { Text } from "../text.js";

/** Without comments and tags, entities replaced, and blanks made single. */
export function stripTags(text: Text): Text {
  const bare = without(without(text, "<!--", "-->"), "<", ">");
  const words = split(decodeEntities(bare), null, -1, false);
  return Text.concat(words.flatMap((word, i) => (i > 0 ? [Text.own(" "), word] : [word]))).marked(false);
}

function without(text: Text, start: string, end: string): Text {
  const borders: number[] = [];
  for (let at = text.text.indexOf(start); at >= 0; ) {
    const close = text.text.indexOf(end, at);
    if (close < 0) break;
    borders.push(at, close + end.length);
    at = text.text.indexOf(start, close + end.length);
  }
  return Text.concat(text.cut(borders).filter((_, i) => i % 2 === 0));
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\xa0",
};

function decodeEntities(text: Text): Text {
  return text.map((stretch) =>
    stretch.replace(
      /&(?:#(\d{1,7});|#[xX]([\da-fA-F]{1,6});|([a-zA-Z]+);?)/g,
      (entity, decimal, hex, name) => {
        if (name !== undefined) {
          const known = entity.endsWith(";") ? NAMED[name] : undefined;
          if (known === undefined) throw new TemplateError(`the entity '${entity}' is not supported`);
          return known;
        }
        const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
        const odd =
          code < 32 || (code > 126 && code < 160) || (code > 0xd7ff && code < 0xe000) || code > 0x10ffff;
        if (odd) throw new TemplateError(`the entity '${entity}' is not supported`);
        return String.fromCodePoint(code);
      },
    ),
  );
}
