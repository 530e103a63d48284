import { readdirSync, readFileSync } from "node:fs";
import { Converter, ReflectionKind } from "typedoc";

/** What every package exports to the outside, by the name it is imported by: [name, source file]. */
const packages = new URL("../../packages/", import.meta.url);
const entries = readdirSync(packages).flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), "utf8"));
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    target["@llm/source"]
      ? [[manifest.name + subpath.slice(1), `packages/${folder}/${target["@llm/source"].slice(2)}`]]
      : [],
  );
});

/** Pages are called what a reader writes after `from`, not what TypeDoc derives from the folders. */
function nameByImport(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const file = project.files.getReflectionPath(module) ?? "";
      module.name = entries.find(([, path]) => file.endsWith(path))?.[0] ?? module.name;
    }
  });
}

export default {
  entryPoints: entries.map(([, path]) => `../../${path}`),
  tsconfig: "tsconfig.api.json",
  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme", nameByImport],
  out: "../api",
  docsRoot: "..",
  router: "module",
  excludeScopesInPaths: true,
  name: "API reference",
  readme: "none",
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  hideBreadcrumbs: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  useCodeBlocks: true,
  // Anchors of our own: the slugs of headings alone confuse Gpt.config with GptConfig.
  useHTMLAnchors: true,
  anchorPrefix: "api-",
  treatWarningsAsErrors: true,
};
