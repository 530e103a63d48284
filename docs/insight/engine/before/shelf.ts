import { type OpenedModel, openModel, type Source } from "../opened.js";

type FileSource = Exclude<Source, { run: true }>;

/** How many models stay open. */
const MOST = 3;

/** Models that stay open for the next question, beside the one that all views share: no connection is needed for it. */
export class ModelShelf {
  readonly #models = new Map<string, Promise<OpenedModel>>();

  /** The model of this source. It is opened where it is not, and takes the place of the one that was asked for longest ago. */
  take(source: FileSource): Promise<OpenedModel> {
    const key = keyOf(source);
    const taken = this.#models.get(key) ?? openModel(source);
    this.#models.delete(key);
    this.#models.set(key, taken);
    taken.catch(() => this.#models.delete(key));
    for (const old of this.#models.keys()) if (this.#models.size > MOST) this.#remove(old);
    return taken;
  }

  close(): void {
    for (const key of this.#models.keys()) this.#remove(key);
  }

  #remove(key: string): void {
    const model = this.#models.get(key);
    this.#models.delete(key);
    model?.then(
      (opened) => opened.dispose(),
      () => {},
    );
  }
}

/** What tells one source from another: files come here as copies. */
function keyOf(source: FileSource): string {
  if ("url" in source) return source.url;
  const files = Object.entries(source.files).map(([name, file]) => [name, file.size, modifiedAt(file)]);
  return JSON.stringify(files);
}

function modifiedAt(file: Blob): number {
  return file instanceof File ? file.lastModified : 0;
}
