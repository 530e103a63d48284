/** A model of a run: its folder and files, by the names that they have in it. */
export interface ModelFiles {
  readonly folder: string;
  readonly files: Readonly<Record<string, File>>;
}

/** How many models of a run are offered. */
export const MOST_MODELS = 3;
