// The walls of the house, as dependency-cruiser checks them: no import circles, and arrows between folders that run one way.
// Types count like values: a reader has to follow both.

/** Which packages the sources of each package may import; all may import platform, which imports none. */
const ARROWS = {
  dataset: [],
  bpe: [],
  tensor: [],
  sample: [],
  gpt: ["tensor"],
  train: ["tensor", "sample"],
  platform: [],
};

/** The file that reads models for a command: what else its package does without is imported when it runs. */
const OPENER = "^packages/sample/src/cli/model-files\\.ts$";

const arrows = Object.entries(ARROWS).map(([folder, allowed]) => {
  const known = folder === "platform" ? [folder] : [folder, ...allowed, "platform"];
  return {
    name: `arrows-of-${folder}`,
    severity: "error",
    comment: `packages/${folder} may import ${known.slice(1).join(", ") || "no other package"}: see ARROWS`,
    from: { path: `^packages/${folder}/src/`, pathNot: OPENER },
    to: { path: `^(apps|docs)/|^packages/(?!(${known.join("|")})/)` },
  };
});

/** @type {import("dependency-cruiser").IConfiguration} */
const configuration = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      comment:
        "files that import each other cannot be read, tested or moved one by one; move what both need to a third",
      from: {},
      to: { circular: true },
    },
    ...arrows,
    {
      name: "opener-of-models",
      severity: "error",
      comment: "the command that opens a model's folder may import bpe, gpt and tensor",
      from: { path: OPENER },
      to: { path: "^(apps|docs)/|^packages/(?!(sample|bpe|gpt|tensor|platform)/)" },
    },
    {
      name: "packages-by-name",
      severity: "error",
      comment: "another package is imported by its name, and so by what its exports show",
      from: { path: "^packages/([^/]+)/src/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "tensor-above-engines",
      severity: "error",
      comment: "the tape, the operations and all else reach an engine through src/engine.ts alone",
      from: {
        path: "^packages/tensor/src/",
        pathNot: "^packages/tensor/src/(engines/|(index|use-engine|candidates)\\.ts$)",
      },
      to: { path: "^packages/tensor/src/engines/" },
    },
    {
      name: "tensor-engines-below",
      severity: "error",
      comment: "an engine sees buffers and kernels, never tensors, operations or the tape",
      from: { path: "^packages/tensor/src/engines/" },
      to: {
        path: "^packages/tensor/src/",
        pathNot:
          "^packages/tensor/src/(engines/|(engine|errors|device-buffer|kernels|kernel-arguments|random-numbers|clip|bfloat16|groups)\\.ts$)",
      },
    },
    {
      name: "native-assembler",
      severity: "error",
      comment: "the assembler knows instructions, and no kernel",
      from: { path: "^packages/tensor/src/engines/native/assembler/" },
      to: { path: "^(packages|apps)/", pathNot: "^packages/tensor/src/engines/native/assembler/" },
    },
    {
      name: "native-code",
      severity: "error",
      comment:
        "what writes a kernel's machine code needs the assembler, the words for the kernel's arguments and how weights are packed",
      from: { path: "^packages/tensor/src/engines/native/code/" },
      to: {
        path: "^(packages|apps)/",
        pathNot: "^packages/tensor/src/(engines/native/(assembler|code)/|(kernel-arguments|groups)\\.ts$)",
      },
    },
    {
      name: "native-code-inside",
      severity: "error",
      comment: "only the native engine calls for machine code",
      from: {
        path: "^packages/tensor/src/",
        pathNot: "^packages/tensor/src/(engines/native/|(index|candidates)\\.ts$)",
      },
      to: { path: "^packages/tensor/src/engines/native/(assembler|code)/" },
    },
    {
      name: "insight-views-apart",
      severity: "error",
      comment: "a view of Insight takes nothing from another: what both need stands above them",
      from: { path: "^docs/insight/views/([^/.]+)" },
      to: { path: "^docs/insight/views/", pathNot: "^docs/insight/views/$1[/.]" },
    },
    {
      name: "insight-below-views",
      severity: "error",
      comment: "what the views take knows none of them; views.ts alone lists them",
      from: { path: "^docs/insight/", pathNot: "^docs/insight/views(/|\\.ts$)" },
      to: { path: "^docs/insight/views/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|reports|golden|node_modules)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@llm/source", "import", "node", "default"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json"],
    },
  },
};

export default configuration;
