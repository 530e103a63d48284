import { type Axis, axesOf } from "../../cells/words.js";
import type { Box } from "../../scheme.js";

/** What an axis of a tensor is measured by: what its letter stands for holds in the whole network. */
export interface Dimension {
  /** A letter, or what is made of some: `C`, `4C`, `3·H·D`. */
  readonly letter: string;
  /** Where it is coloured as another one is: what an MLP's row is as a whole, however it is written. */
  readonly hue: string;
}

/** What the letters count. */
export const COUNTED: Readonly<Record<string, string>> = {
  T: "positions",
  N: "positions at most",
  C: "channels",
  H: "heads",
  K: "heads of keys and values",
  D: "channels of a head",
  V: "tokens known",
  M: "channels of the MLP",
};

/** What a letter counts, or what is made of some. */
export function countedBy(letter: string): string {
  const [, times, of] = /^(\d+)([CM])$/.exec(letter) ?? [];
  if (of) return `${times} × ${COUNTED[of]}`;
  return COUNTED[letter] ?? (letter.length === 3 ? "channels of all heads" : "queries, keys and values");
}

/** What a row of these has for columns, by the name with the layer left out; all others are as wide as the stream. */
const WIDTHS: readonly (readonly [name: RegExp, width: "D" | "heads" | "all" | "values" | "M"])[] = [
  [/^attn\.[qkv](_(rotated|norm|embedded))*$/, "D"],
  [/^attn$/, "heads"],
  [/^attn\.c_attn$/, "all"],
  [/^attn\.value_embedding(\.row)?$/, "values"],
  [/^mlp\.(c_fc(\.raw)?|gate|activated|up|gated)$/, "M"],
];

/** What a matrix reads, where that is not the stream. */
const READ: Readonly<Record<string, string>> = { "attn.c_proj": "attn", "mlp.c_proj": "mlp.gated" };

/** Of all tensors of a network. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** What measures each axis of a tensor of a network with these shapes; undefined: a number alone, or what has no letter. */
export function dimensionsOf(
  { name, shape }: Pick<Box, "name" | "shape">,
  shapes: Shapes,
): (Dimension | undefined)[] {
  const [, layer = "", own = ""] = /^(h\.\d+\.)?(.*)$/.exec(name)!;
  const extent = (tensor: string, axis: number) => shapes.get(layer + tensor)?.at(axis);
  const isGrouped = extent("attn.k", 1) !== extent("attn.q", 1);
  const keys = isGrouped ? "K" : "H";

  function widthOf(made: string, ofTensor: number): Dimension | undefined {
    switch (WIDTHS.find(([pattern]) => pattern.test(made))?.[1]) {
      case "D":
        return plain("D");
      case "heads":
        return { letter: "H·D", hue: "Q" };
      case "all":
        return { letter: isGrouped ? "(H+2K)·D" : "3·H·D", hue: "Q" };
      case "values":
        return { letter: `${keys}·D`, hue: "Q" };
      case "M": {
        const [hidden, width] = [extent("mlp.c_proj.weight", 0)!, shapes.get("embedding")!.at(-1)!];
        const times = ofTensor / hidden;
        const wider = hidden / width;
        const letter = Number.isInteger(wider) ? `${times * wider}C` : `${times > 1 ? times : ""}M`;
        return { letter, hue: "M" };
      }
      default:
        return plain("C");
    }
  }

  const made = own.replace(/\.(weight|bias)$/, "");
  return axesOf(name, shape.length).map(({ counts, of }: Axis, i) => {
    switch (counts) {
      case "position":
        return plain(of ? "T" : "N");
      case "token":
        return plain("V");
      case "head":
        return plain(/^attn\.([kv]|value_gate)/.test(own) ? keys : "H");
      case "input":
        // A gate reads the first channels alone.
        return made === "attn.value_gate" ? undefined : widthOf(READ[made] ?? "", shape[i]!);
      case "channel":
      case "output":
        return widthOf(made, shape[i]!);
      default:
        return undefined;
    }
  });
}

const plain = (letter: string): Dimension => ({ letter, hue: letter });
