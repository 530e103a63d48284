import { isOfType, merge, type Part, type Shape } from "../../constraints/schema/shape.js";
import type { Shapes } from "../../constraints/schema/shapes.js";

/** How the value of an argument stands between its tags: as a text without quotation marks, as such a text or null, or as JSON. */
export type ValueForm = "text" | "text or null" | "json";

/** Choices within choices that are looked at: those of a schema that refers to itself have no end. */
const MAX_DEPTH = 20;

/** What can be nothing but a text (or null) stands as it is. All else is JSON, with its texts: 5 and "5" would look alike. */
export function valueForm(shapes: Shapes, part: Part): ValueForm {
  const types = alternatives(shapes, shapes.of(part))?.map((shape) => [...shape.types].join());
  const others = types?.filter((type) => type !== "string");
  if (!types || types.length === 0 || types.length === others?.length) return "json";
  if (others?.length === 0) return "text";
  return others?.every((type) => type === "null") ? "text or null" : "json";
}

/** Shapes of one type each: a value fits one of them at least. Undefined where they cannot be listed. */
export function alternatives(shapes: Shapes, shape: Shape, depth = 0): readonly Shape[] | undefined {
  if (shape.exclusive.length > 0 || depth > MAX_DEPTH) return undefined;
  const [list, ...choices] = shape.choices;
  if (list) {
    const all = list.map((part) =>
      alternatives(shapes, merge({ ...shape, choices }, shapes.of(part)), depth + 1),
    );
    return all.every((each) => each !== undefined) ? all.flat() : undefined;
  }
  return Array.from(shape.types, (type) => ({ ...shape, types: new Set([type]) })).filter(
    ({ types, values }) => !values || values.some((value) => isOfType(types, value)),
  );
}
