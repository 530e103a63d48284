// Makes `package/` of a package: what is published, without a trace of its sources. Run in its folder after a build.
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

/** What only this repository needs of a package.json. */
const OWN_FIELDS = ["scripts", "devDependencies", "size-limit"];

/** A package.json as it is published: the condition "@llm/source", whose files are not, is gone from all conditions. */
export function publishedManifest(manifest) {
  const { publishConfig: { directory: _, ...publishConfig } = {}, ...rest } = manifest;
  const kept = Object.entries(rest).filter(([field]) => !OWN_FIELDS.includes(field));
  return { ...withoutSource(Object.fromEntries(kept)), publishConfig };
}

function withoutSource(value) {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "@llm/source");
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutSource(each)]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  await rm("package", { recursive: true, force: true });
  for (const name of ["README.md", "LICENSE", ...manifest.files]) {
    await cp(name, `package/${name}`, { recursive: true });
  }
  await writeFile("package/package.json", `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
}
