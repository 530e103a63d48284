/** A constraint that cannot be kept: a keyword that is not supported, an expression of another kind, or one that no text fits. */
export class ConstraintError extends Error {
  override readonly name = "ConstraintError";
  /** Where in the JSON Schema, as a JSON pointer: "#/properties/age". */
  readonly path: string | undefined;
  /** The keyword at fault. */
  readonly keyword: string | undefined;

  constructor(message: string, { path, keyword }: { path?: string; keyword?: string } = {}) {
    super(message);
    this.path = path;
    this.keyword = keyword;
  }
}
