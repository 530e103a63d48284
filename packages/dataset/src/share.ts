import type { Document } from "./document.js";
import type { Source, SourceFile, StepContext } from "./step.js";

/** A source that does not read files, which alone can be dealt out to several tasks. */
export class NoFilesError extends Error {
  override readonly name = "NoFilesError";
  /** The source's name. */
  readonly source: string;
  constructor(source: string, world: number) {
    super(
      `${source} has no list of files, so it cannot be dealt to ${world} tasks: read it in one, or read files or a folder`,
    );
    this.source = source;
  }
}

/** The part of a list of files that falls to a rank: `files[rank::world]`. */
export function shareOf(
  files: readonly SourceFile[],
  { rank, world }: { rank: number; world: number },
): SourceFile[] {
  return files.filter((_, index) => index % world === rank);
}

/** Reads a rank's share of a source's files. */
export async function* readShare(
  source: Source,
  share: { rank: number; world: number },
  context: StepContext,
): AsyncGenerator<Document> {
  const { rank, world } = share;
  if (!(Number.isInteger(rank) && Number.isInteger(world) && rank >= 0 && rank < world))
    throw new RangeError(`rank ${rank} of world ${world}: ranks go from 0 to world - 1`);
  if (!source.files || !source.open) throw new NoFilesError(source.name, world);
  for (const file of shareOf(await source.files(context.signal), share)) yield* source.open(file, context);
}
