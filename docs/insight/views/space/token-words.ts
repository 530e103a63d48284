import { type Axis, axesOf, type TokenTexts } from "../../cells/words.js";
import { bySection, isGiven, type Panel } from "../../scene/layout.js";
import { visible } from "../../token-line.js";

/** What has a token for each of its rows, or for each of its columns. */
export interface TokensNamed {
  /** They stand behind each other, and have the same ones. */
  readonly planes: readonly Panel[];
  readonly along: "rows" | "columns";
  readonly of: keyof TokenTexts;
  readonly tokens: readonly string[];
  /** Which of them are read before others. */
  readonly first: readonly number[];
  /** Letters that a word needs at most beside the next one, and beside the one after it. */
  readonly widest: readonly number[];
  /** Units below or above it that are free for words. */
  readonly free: number;
  /** Rows that stand in one line with the same tokens have them once. */
  readonly line: string;
  /** What is read about in the same column: words stand on none of it. */
  readonly near: readonly Panel[];
}

/** What a pass reads and what it finds, as ids. */
interface Read {
  readonly ids: readonly number[];
  /** What is most probable behind the text, the best first. */
  readonly best: readonly number[];
}

/** Letters of a token that stand beside a row or a column. */
const LONGEST = 12;
/** Units that are free below or above what has others there. */
const FREE = 12;

/** The word of a token beside its row or column. */
export const wordOf = (token: string): string => visible(token).slice(0, LONGEST);

/** Tokens at what has one row, or one column, for each of the text, or for each that the model knows. */
export function tokensOf(
  panels: readonly Panel[],
  texts: TokenTexts,
  { ids, best }: Read = { ids: [], best: [] },
  all: readonly Panel[] = panels,
): TokensNamed[] {
  const widest = { text: widestOf(texts.text), vocabulary: widestOf(texts.vocabulary) };
  const sections = bySection(panels);
  return panels.flatMap((panel, i) => {
    const { name, shape, rows, columns, planes } = panel.box;
    if (panel.plane > 0) return [];
    const [ofRows, ofColumns] = [undefined, ...axesOf(name, shape.length)].slice(-2);
    const named = (axis: Axis | undefined, along: TokensNamed["along"], extent: number): TokensNamed[] => {
      const of = axis?.of;
      // A table has positions that are not the text's.
      if (!of || extent < 2 || texts[of].length !== extent || (of === "text" && isGiven(panel.box)))
        return [];
      const isKnown = of === "vocabulary";
      const isNext = /^(logits|probabilities|lm_head)/.test(name);
      return [
        {
          ...{ along, of, tokens: texts[of], widest: widest[of], planes: panels.slice(i, i + planes) },
          first: isKnown ? (isNext ? best : [...new Set(ids)]) : [],
          free: isKnown ? freeBelow(panel, all) : FREE,
          line: `${panel.section} ${panel.at[1]} ${of}`,
          near: sections.get(panel.section) ?? [],
        },
      ];
    };
    return [...named(ofRows, "rows", rows), ...named(ofColumns, "columns", columns)];
  });
}

function widestOf(tokens: readonly string[]): number[] {
  const letters = (i: number) => Math.min(LONGEST, tokens[i]?.length ?? 0);
  return [1, 2].map(
    (step) => tokens.reduce((most, _, i) => Math.max(most, letters(i) + letters(i + step)), 0) / 2,
  );
}

/** Units from a panel to the one below it. */
function freeBelow({ at, size, section }: Panel, all: readonly Panel[]): number {
  const [right, bottom] = [at[0] + size[0], at[1] - size[1]];
  const below = all.filter(
    (other) =>
      other.section === section &&
      other.at[1] <= bottom &&
      other.at[0] < right &&
      at[0] < other.at[0] + other.size[0],
  );
  return Math.min(...below.map((other) => bottom - other.at[1]));
}
