/** One text on its way through a pipeline. */
export interface Document {
  /** Says where the text came from, and stays the same from run to run: a path, a URL, a record id. */
  readonly id: string;
  readonly text: string;
  /** Whatever is known besides: `url`, `mediaType`, `language`, .. Plain data, so that it can be written as JSON. */
  readonly meta: Readonly<Record<string, unknown>>;
}
