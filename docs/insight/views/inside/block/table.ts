import { NOTHING_YET, type Table } from "../../../table.js";
import { visible } from "../../../token-line.js";
import { mostLooked } from "../attention-maps.js";
import { type BlockValues, lengthOf } from "./values.js";

/** What norms bring to one scale. */
const NORMED = {
  norm1: "the stream before attention",
  attended: "what attention found",
  norm2: "the stream before the MLP",
  fed: "what the MLP made",
} as const;

/** One block's picture in numbers: a row a token. */
export function blockTable(block: BlockValues | undefined, head: number, tokens: readonly string[]): Table {
  if (!block) return NOTHING_YET;
  const { ids } = block.overview;
  const name = (at: number) => `${at} ${visible(tokens[ids[at]!]!)}`;
  const [into, attended, middle, fed, out] = (["into", "attended", "middle", "fed", "out"] as const).map(
    (part) => block.rows(part, head),
  );
  const rows = (["token", "place"] as const).filter((part) => block.tensors.names[part]);
  const norms = (["norm1", "attended", "norm2", "fed"] as const).filter((part) => block.tensors.norms[part]);
  const means = norms.filter((part) => block.tensors.norms[part]!.mean !== undefined);
  return {
    caption: `Block ${block.layer}, head ${head}: what each token looks at, how long its vectors are, and what the norms take away and multiply by. Dropout acts in training only: here is none`,
    head: [
      "token",
      "looks most at",
      "weight",
      "stream in",
      "attention adds",
      "stream after attention",
      "MLP adds",
      "stream out",
      "id",
      ...rows.map((part) => (part === "token" ? "its row of the table" : "its position's row")),
      ...means.map((part) => `mean of ${NORMED[part]}`),
      ...norms.map((part) => `1 / spread of ${NORMED[part]}`),
    ],
    rows: ids.map((_, token) => {
      const { key, weight } = mostLooked(block.overview, block.layer, head, token);
      return [
        name(token),
        name(key),
        weight,
        ...[into, attended, middle, fed, out].map((rows) => lengthOf(rows!, token)),
        ids[token]!,
        ...rows.map((part) => lengthOf(block.rows(part, head), token)),
        ...means.map((part) => block.norm(part, head, token)!.mean!),
        ...norms.map((part) => block.norm(part, head, token)!.rstd),
      ];
    }),
  };
}
