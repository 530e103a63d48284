import { readdirSync, readFileSync } from "node:fs";
import { Comment, CommentTag, Converter, ReflectionKind } from "typedoc";
import { MemberRouter } from "typedoc-plugin-markdown";

/** What an entry is for; a package's main entry is described in its package.json. */
const sentences = {
  "@llm/bpe/characters": "Unicode's composed forms, for a `tokenizer.json` that normalises its text.",
  "@llm/bpe/expressions":
    "Patterns that no built-in cutter knows, compiled to automata with Unicode's classes.",
  "@llm/bpe/node": "Training from files, vocabularies by name, and text read and written as streams.",
  "@llm/bpe/template": "Chat templates of Hugging Face models, which a user's text cannot break out of.",
  "@llm/dataset/node": "Files and folders in and out, tasks over worker threads and Slurm, and token shards.",
  "@llm/gpt/formats": "GGUF, PyTorch's pickled checkpoints and other files that hold a model's weights.",
  "@llm/gpt/inspect": "Every tensor of a forward pass, how one cell follows from others, and the logit lens.",
  "@llm/gpt/lora": "Low-rank adapters: train a few small matrices beside frozen weights.",
  "@llm/sample/compression": "Text compressed with a model's own probabilities.",
  "@llm/sample/constraints": "Text that keeps to a JSON schema, a regular expression or a grammar.",
  "@llm/sample/evaluation": "Log-likelihoods, multiple choice, few-shot tasks and their intervals.",
  "@llm/sample/node": "A server that answers as OpenAI's API does, with a chat page.",
  "@llm/tensor/webgpu": "The WebGPU engine on a device of your own.",
  "@llm/tensor/tfjs": "An engine out of any tfjs module: a GPU through libtensorflow, WebGL or WebGPU.",
  "@llm/train/mpi": "Training in many processes, started by `mpirun` or `srun`.",
  "@llm/train/node": "Token shards, checkpoints and logs as files.",
};

/** What every package exports to the outside, by the name it is imported by: [name, source file, sentence]. */
const packages = new URL("../../packages/", import.meta.url);
const entries = readdirSync(packages).flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), "utf8"));
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (!target["@llm/source"]) return [];
    const name = manifest.name + subpath.slice(1);
    const file = `packages/${folder}/${target["@llm/source"].slice(2)}`;
    const sentence = subpath === "." ? `${manifest.description}.` : sentences[name];
    if (!sentence) throw new Error(`${name} has no sentence in typedoc.config.js`);
    return [[name, file, sentence]];
  });
});

/** Pages are called what a reader writes after `from`, not what TypeDoc derives from the folders, and say what it is for. */
function nameByImport(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const file = project.files.getReflectionPath(module) ?? "";
      const [name, , sentence] = entries.find(([, path]) => file.endsWith(path)) ?? [];
      module.name = name ?? module.name;
      if (sentence) module.comment = new Comment([{ kind: "text", text: sentence }]);
    }
  });
}

/** An interface of more members than this is too long for the page of its entry. */
const MANY = 20;
const isLong = ({ kind, children }) => kind === ReflectionKind.Interface && children?.length > MANY;

/** Functions, classes and long interfaces have a page each. */
class PageRouter extends MemberRouter {
  buildChildPages(reflection, pages) {
    const usual = this.membersWithOwnFile;
    if (isLong(reflection)) this.membersWithOwnFile = [...usual, "Interface"];
    super.buildChildPages(reflection, pages);
    this.membersWithOwnFile = usual;
  }
}

/** Long interfaces are listed apart, as only a group of pages is shown as a list of links. */
function pagesOfLongInterfaces(app) {
  app.renderer.defineRouter("pages", PageRouter);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const long of project.getReflectionsByKind(ReflectionKind.Interface).filter(isLong)) {
      long.comment ??= new Comment();
      long.comment.blockTags.push(new CommentTag("@group", [{ kind: "text", text: "Long interfaces" }]));
    }
  });
}

export default {
  entryPoints: entries.map(([, path]) => `../../${path}`),
  tsconfig: "tsconfig.api.json",
  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme", nameByImport, pagesOfLongInterfaces],
  out: "../api",
  docsRoot: "..",
  // A page for each symbol; the page of an entry lists its functions first, then what they take and give.
  router: "pages",
  membersWithOwnFile: ["Function", "Class"],
  groupOrder: ["Functions", "Classes", "Long interfaces", "Variables", "Interfaces", "Type Aliases", "*"],
  indexFormat: "table",
  pageTitleTemplates: { member: "{name}" },
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
