/** A path to read that is not there. */
export class MissingPathError extends Error {
  override readonly name = "MissingPathError";
  readonly path: string;
  constructor(path: string) {
    super(`There is nothing at "${path}". Check the path, or quote a pattern such as "pages/**/*.html".`);
    this.path = path;
  }
}

/** Paths under which no file can be read. */
export class NoDocumentsError extends Error {
  override readonly name = "NoDocumentsError";
  readonly paths: readonly string[];
  constructor(paths: readonly string[], extensions: readonly string[]) {
    super(
      `No file to read in ${paths.map((path) => `"${path}"`).join(", ")}. ` +
        `Files are taken by extension: ${extensions.join(" ")}, each also with .gz or .zst.`,
    );
    this.paths = paths;
  }
}

/** Threads and jobs start files of this package, and it stands in a bundle without them. */
export class BundledError extends Error {
  override readonly name = "BundledError";
  constructor() {
    super(
      "Worker threads and jobs start files of @llm/dataset, which is bundled here and not installed. " +
        "Install it where the bundle runs, leave it out of the bundle (esbuild: --external:@llm/dataset), or run the pipeline in this thread.",
    );
  }
}
