// Methods of strings that fill them up to a width.
import { TemplateError } from "../../errors.js";
import type { Work } from "../context.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { Text } from "../text.js";

/** `left` and `right` fills on the sides of a text. */
export function pad(work: Work, text: Text, fill: Text, left: number, right: number): Text {
  const fills = (count: number) => {
    work.make(Math.max(0, count));
    return Array.from({ length: Math.max(0, count) }, () => fill);
  };
  return Text.concat([...fills(left), text, ...fills(right)]);
}

/** Python's `center`: an odd fill goes left where the width is odd. */
export function center(work: Work, text: Text, width: number, fill = Text.own(" ")): Text {
  const missing = Math.max(0, width - text.length);
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return pad(work, text, fill, left, missing - left);
}

function expandTabs(work: Work, text: Text, size: number): Text {
  let column = 0;
  return text.map((stretch) => {
    let out = "";
    for (const char of stretch) {
      if (char === "\t") {
        const blanks = size > 0 ? size - (column % size) : 0;
        out += " ".repeat(work.make(blanks));
        column += blanks;
      } else {
        out += char;
        column = char === "\n" || char === "\r" ? 0 : column + 1;
      }
    }
    return out;
  });
}

const filling = (left: boolean) =>
  builtin<Text>("/ width fillchar?", (cx, text, width, fill) => {
    const missing = intOf(width, 0) - text.length;
    return pad(cx.work, text, fillOf(fill), left ? missing : 0, left ? 0 : missing);
  });

function fillOf(value: Parameters<typeof textOf>[0]): Text {
  const fill = value === undefined ? Text.own(" ") : textOf(value);
  if (fill.length !== 1) throw new TemplateError("The fill character must be exactly one character long");
  return fill;
}

export const PADDING: Readonly<Record<string, Builtin<Text>>> = {
  center: builtin("/ width fillchar?", (cx, text, width, fill) =>
    center(cx.work, text, intOf(width, 0), fillOf(fill)),
  ),
  ljust: filling(false),
  rjust: filling(true),
  zfill: builtin("/ width", (cx, text, width) => {
    const missing = intOf(width, 0) - text.length;
    const sign = /^[-+]/.test(text.text) ? 1 : 0;
    return Text.concat([text.slice(0, sign), pad(cx.work, text.slice(sign), Text.own("0"), missing, 0)]);
  }),
  expandtabs: builtin("tabsize?", (cx, text, size) => expandTabs(cx.work, text, intOf(size, 8))),
};
