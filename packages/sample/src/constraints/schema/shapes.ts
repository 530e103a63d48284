import { type JsonSchema, type Place, readKeywords, unsupported } from "./keywords.js";
import { resolveReference } from "./references.js";
import { anyShape, merge, type Part, type Shape, shapeOf } from "./shape.js";

/** The shapes of the parts of a schema, with what they refer to. */
export class Shapes {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** What fits all of some schemas. @throws ConstraintError */
  of(part: Part): Shape {
    return part
      .map((place) => this.#at(place, []))
      .reduce((a, b) => merge(a, b), anyShape(part[0]?.path ?? "#"));
  }

  #at(place: Place, trail: readonly string[]): Shape {
    const { path } = place;
    if (trail.includes(path)) throw unsupported("a $ref that leads back to itself", "$ref", path);
    const { $ref, allOf, ...keywords } = readKeywords(place);
    const deeper = [...trail, path];
    let shape = merge(shapeOf(keywords, path), anyShape(path));
    if ($ref !== undefined) {
      shape = merge(shape, this.#at(resolveReference(this.#root, $ref as string, path), deeper));
    }
    for (const [i, schema] of ((allOf ?? []) as JsonSchema[]).entries()) {
      shape = merge(shape, this.#at({ schema, path: `${path}/allOf/${i}` }, deeper));
    }
    return { ...shape, path };
  }
}
