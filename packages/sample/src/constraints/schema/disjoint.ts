import { canonical, isOfType, type Part, type Shape } from "./shape.js";

/** Whether it can be shown that no value fits both. */
export function areDisjoint(a: Shape, b: Shape, shapeOf: (part: Part) => Shape): boolean {
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const lists = [...own.choices, ...own.exclusive];
    if (lists.some((list) => list.every((part) => areDisjoint(shapeOf(part), other, shapeOf)))) return true;
  }
  const valuesOf = (own: Shape, other: Shape) =>
    own.values?.filter((value) => isOfType(own.types, value) && isOfType(other.types, value));
  const [ofA, ofB] = [valuesOf(a, b), valuesOf(b, a)];
  if (ofA?.length === 0 || ofB?.length === 0) return true;
  if (ofA && ofB) {
    const texts = new Set(ofB.map(canonical));
    return !ofA.some((value) => texts.has(canonical(value)));
  }
  const common = [...a.types].filter(
    (type) =>
      b.types.has(type) ||
      (type === "integer" && b.types.has("number")) ||
      (type === "number" && b.types.has("integer")),
  );
  if (common.length === 0) return true;
  if (common.length > 1 || common[0] !== "object") return false;
  const property = (shape: Shape, name: string) => shapeOf(shape.properties.get(name) ?? shape.additional);
  for (const name of new Set([...a.required, ...b.required])) {
    const isCommon = a.required.has(name) && b.required.has(name);
    const [own, other] = [property(a, name), property(b, name)];
    if (isCommon && areDisjoint(own, other, shapeOf)) return true;
    if (!isCommon && (own.values?.length === 0 || other.values?.length === 0)) return true;
  }
  return false;
}
