import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uniform } from "@llm/sample";

const list = (words: string) => words.split(" ");
const words = {
  n: list(
    "reader writer server parser module package cache stream buffer browser compiler worker table record cursor planner value error path option answer header number string folder message pattern signal window column limit token garden river letter engine winter teacher journey harbour",
  ),
  v: list(
    "keeps returns opens closes checks sorts merges copies prints sends loads splits counts marks follows removes finds holds carries builds",
  ),
  a: list(
    "small quiet early large broken simple second common empty careful recent narrow heavy honest plain useful distant single yellow patient",
  ),
  c: list("because while until although before after unless when"),
  d: list("slowly often never twice again always rarely soon together gladly"),
};
const templates = [
  "The $a $n $v every $n, $c the $n $v a $a $n $d.",
  "If a $a $n $d $v its $n, that $n $v to the $a $n.",
  "Most of the $n that have a $a $n $d $v one $n.",
  "A $n $v the $a $n with some $n, and it $v $d.",
  "Nobody $v a $n in the $a $n $c the $n $v.",
  "Every $a $n $v $d $c another $n $v what the $n $v.",
  "To be $a, a $n $v the $n of a $a $n $d.",
];

/** A text of plain English sentences, another for every seed, that the filters keep. */
export function prose(seed: number, sentences = 36): string {
  let position = 0;
  const pick = <T>(from: readonly T[]): T =>
    from[Math.floor(uniform({ seed, position: position++ }) * from.length)]!;
  const sentence = () =>
    pick(templates).replace(/\$(\w)/g, (_, kind: string) => pick(words[kind as keyof typeof words]));
  return Array.from({ length: sentences / 3 }, () => [sentence(), sentence(), sentence()].join(" ")).join(
    "\n\n",
  );
}

/** A folder of Markdown files of prose. */
export async function proseFolder(path: string, files: number): Promise<string> {
  await mkdir(path, { recursive: true });
  for (let i = 0; i < files; i++)
    await writeFile(join(path, `page-${i}.md`), `# Page ${i}\n\n${prose(i + 1)}\n`);
  return path;
}
