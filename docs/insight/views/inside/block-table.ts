import type { Table } from "../../table.js";
import { visible } from "../../token-line.js";
import { mostLooked } from "./attention-maps.js";
import { type BlockValues, lengthOf } from "./block-values.js";

/** One block's picture in numbers: a row a token. */
export function blockTable(block: BlockValues | undefined, head: number, tokens: readonly string[]): Table {
  if (!block) return { caption: "Nothing yet", head: [], rows: [] };
  const { ids } = block.overview;
  const name = (at: number) => `${at} ${visible(tokens[ids[at]!]!)}`;
  const [into, attended, middle, fed, out] = (["into", "attended", "middle", "fed", "out"] as const).map(
    (part) => block.rows(part, head),
  );
  return {
    caption: `Layer ${block.layer}, head ${head}: what each token looks at, and how long its vectors are`,
    head: [
      "token",
      "looks most at",
      "weight",
      "stream in",
      "attention adds",
      "stream after attention",
      "MLP adds",
      "stream out",
    ],
    rows: ids.map((_, token) => {
      const { key, weight } = mostLooked(block.overview, block.layer, head, token);
      return [
        name(token),
        name(key),
        weight,
        ...[into, attended, middle, fed, out].map((rows) => lengthOf(rows!, token)),
      ];
    }),
  };
}
