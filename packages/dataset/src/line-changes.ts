/** Lines that a step took away or put in their place. */
export interface LineChange {
  /** Where in the text as it was, counted from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** More changed lines than this take long to find, and nobody reads them. */
const MOST = 400;
/** So few can always be shown. */
const FEW = 8;

/** The least changes that make one text of another, line by line; null where most of it is new, as when a page becomes its content. */
export async function lineChanges(before: string, after: string): Promise<readonly LineChange[] | null> {
  const { diffArrays } = await import("diff"); // only for those who ask for an explanation
  const parts = diffArrays(before.split("\n"), after.split("\n"), { maxEditLength: MOST });
  if (!parts) return null;
  const changes: { line: number; removed: string[]; added: string[] }[] = [];
  let line = 1;
  let stays = true;
  let [changed, same] = [0, 0];
  for (const { value, added, removed } of parts) {
    if (added || removed) {
      if (stays) changes.push({ line, removed: [], added: [] });
      changes.at(-1)![added ? "added" : "removed"].push(...value);
      changed += value.length;
    } else same += value.length;
    stays = !added && !removed;
    if (!added) line += value.length;
  }
  const made = changes.reduce((sum, { added }) => sum + added.length, 0);
  return changed > FEW && made > same ? null : changes;
}
