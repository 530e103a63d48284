import { isGiven, type Panel } from "../../scene/layout.js";
import { thousands } from "../../thousands.js";
import type { Dimension } from "./dimensions.js";

/** An axis of a tensor that has a letter. */
export interface Measured extends Dimension {
  readonly along: "columns" | "rows" | "planes";
  /** The letter, and how much it is. */
  readonly words: string;
  /** The planes of the tensor. */
  readonly planes: readonly Panel[];
  /** Of those with the same one, the first that has room is measured. */
  readonly line: string;
  /** Of what is framed its letters are measured before those of others. */
  readonly isFramed: boolean;
}

/** The axes of these tensors, in the order in which they are measured as long as there is room. */
export function measuredOf(
  tensors: readonly (readonly Panel[])[],
  dimensions: (panel: Panel) => readonly (Dimension | undefined)[],
  framed: ReadonlySet<string> = new Set(),
): Measured[] {
  const all = tensors.flatMap((planes) => {
    const [panel] = planes as [Panel];
    const { shape, rows } = panel.box;
    const of = dimensions(panel);
    const axes = [
      ["columns", -1],
      ["rows", -2],
      ["planes", -3],
    ] as const;
    return axes.flatMap(([along, axis]) => {
      const [dimension, extent] = [of.at(axis), shape.at(axis) ?? 1];
      if (!dimension || extent === 1) return [];
      const { box, section, at } = panel;
      const isVector = rows === 1 && isGiven(box);
      // Of what stands side by side, rows and planes are the same ones; columns of a bias are those of its matrix.
      const own = isGiven(box) ? `${stemOf(box.name)} given` : box.name;
      const line = `${along} ${along === "columns" ? own : `${section} ${at[1]}`} ${dimension.letter}`;
      const words = `${dimension.letter} ${thousands(extent)}`;
      return { ...dimension, along, words, planes, line, isVector, isFramed: framed.has(box.name) };
    });
  });
  const rank = ({ isVector, letter }: (typeof all)[number]) =>
    Number(isVector) * 2 + Number(letter.length > 1);
  return all.sort((a, b) => rank(a) - rank(b));
}

/** Weights, and the bias that goes with them. */
export const stemOf = (name: string) => name.replace(/\.(weight|bias)$/, "");
