import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The repository's own Markdown as documents, in the order of their paths. */
export function corpus(): string[] {
  const folders = ["packages", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`),
  );
  const chapters = readdirSync(join(root, "docs/chapters")).map((name) => `docs/chapters/${name}`);
  const files = ["README.md", "CONTRIBUTING.md", "docs/get-started.md", ...chapters, ...folders].sort();
  return files.flatMap((file) => {
    try {
      return [readFileSync(join(root, file), "utf8")];
    } catch {
      // A folder without a README has none to learn from.
      return [];
    }
  });
}
