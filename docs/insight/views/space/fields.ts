import { choiceField, countField, type Field, pathsField, textField } from "../../fields.js";
import { flowFields } from "../../flow/fields.js";
import { FIRST_TEXT, modelField } from "../../models.js";
import { nextFields } from "../../next/fields.js";
import type { Pose } from "../../scene/camera.js";
import type { StateValues, View } from "../../view.js";
import { MOST_LAYERS, SHAPE_NAMES, type ShapeShown } from "./named-shapes.js";
import { CHAPTERS } from "./walk.js";

const MOST_PHASES = Math.max(...CHAPTERS.map(({ prose }) => prose.length));

/** Where the eye is: the target, yaw, pitch and distance; null: as the chapter has it. */
const eyeField: Field<Pose | null> = {
  initial: null,
  write: (pose) =>
    pose
      ? [...pose.target, pose.yaw, pose.pitch, pose.distance].map((x) => Number(x.toFixed(3))).join("_")
      : "",
  read(text) {
    const numbers = text.split("_").map(Number);
    const [x, y, z, yaw, pitch, distance] = numbers as [number, number, number, number, number, number];
    const isPose = numbers.length === 6 && numbers.every(Number.isFinite) && distance > 0;
    return isPose ? { target: [x, y, z], yaw, pitch, distance } : undefined;
  },
};

export const fields = {
  text: textField(FIRST_TEXT),
  model: modelField,
  /** The open model, one that has only a shape, or all shapes side by side. */
  shape: choiceField<ShapeShown>("model", ["model", ...SHAPE_NAMES, "sizes"]),
  /** Of a shape: at most so many, as usual all. */
  layers: countField(MOST_LAYERS, 1, MOST_LAYERS),
  /** 0: the one about the chosen tensor, or else the first. */
  chapter: countField(0, 0, CHAPTERS.length),
  /** Which part of it is read. */
  phase: countField(1, 1, MOST_PHASES),
  ...flowFields,
  ...nextFields,
  tensor: textField(""),
  cell: pathsField,
  eye: eyeField,
};

export type SpaceState = StateValues<View<typeof fields>>;
