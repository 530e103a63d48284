/** Stretches of a text, from `start` up to but without `end`, in order. */
export interface Span {
  start: number;
  end: number;
}

/** The characters that stand for `{% generation %}` and `{% endgeneration %}` while a template is rendered. */
export interface Marks {
  start: string;
  end: string;
}

/**
 * Puts a mark in the place of every `{% generation %}` and `{% endgeneration %}`: the text between is what the assistant
 * wrote. The blanks around go as they would around any tag under trim_blocks and lstrip_blocks.
 */
export function markGeneration(source: string, marks: Marks): string {
  return source.replace(
    /(\s*)\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}(\s*)/g,
    (
      tag,
      before: string,
      left: string,
      end: string | undefined,
      right: string,
      after: string,
      at: number,
    ) => {
      const startsLine = at === 0 || before.includes("\n");
      const indented = left === "" && startsLine ? before.replace(/[ \t]*$/, "") : before;
      // A tag that follows would lose its indentation too; behind the mark it no longer starts a line.
      const tagFollows = /^\{[%#]/.test(source.slice(at + tag.length, at + tag.length + 2));
      const led = tagFollows ? after.replace(/\n[ \t]*$/, "\n") : after;
      return (
        (left === "-" ? "" : indented) +
        (end ? marks.end : marks.start) +
        (right === "-" ? "" : right === "+" ? after : led.replace(/^\n/, ""))
      );
    },
  );
}

/** Takes the marks out of a rendered text; says where they stood. */
export function unmark(marked: string, marks: Marks): { text: string; spans: Span[] } {
  const spans: Span[] = [];
  let text = "";
  for (const [i, part] of marked.split(marks.start).entries()) {
    const [inside, ...rest] = part.split(marks.end);
    const outside = rest.join("");
    if (i > 0) spans.push({ start: text.length, end: text.length + inside!.length });
    text += inside! + outside;
  }
  return { text, spans: spans.filter(({ start, end }) => end > start) };
}
