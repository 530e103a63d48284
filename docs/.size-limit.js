// What a reader loads to open a view. Models come on demand, and are not counted.
const fromSources = (options) => ({
  ...options,
  conditions: ["@llm/source"],
  platform: "browser",
  loader: { ".css": "text" },
});

const VIEWS = ["data", "tokens", "training", "inside", "space", "before", "sampling"];

export default [
  ...VIEWS.map((view) => ({
    name: `the view ${view}`,
    path: "insight/frame.ts",
    ignore: [
      "./engine/engine.js",
      "./tour/tour.js",
      "./one-block.js",
      "./insight/views/inside/block/words.ts",
      "./insight/views/inside/opened/part.ts",
      "./next-tokens.js",
      "./elsewhere.js",
      "./labels.js",
      "../../cells/bend.js",
      "./space/small-names.js",
      "./around.js",
      "./windows.js",
      "./measures.js",
      "./sizes.js",
      "./run/take-run.js",
      "./run/sort-files.js",
      ...VIEWS.filter((other) => other !== view).map((other) => `./views/${other}.js`),
    ],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: view === "space" ? "55 kB" : "40 kB",
  })),
  {
    name: "the story",
    path: "insight/tour/tour.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "9 kB",
  },
  {
    name: "what the view Inside loads besides",
    path: "insight/views/inside/block/one-block.ts",
    // A view has its frame's tables by then.
    ignore: ["./insight/views/inside/block/words.ts", "../../../table.js"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "17.25 kB",
  },
  {
    name: "what explains the block's picture",
    path: "insight/views/inside/block/words.ts",
    // It comes behind the picture, which names parts and draws dots.
    ignore: ["./names.js", "./attention-dots.js"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "5.25 kB",
  },
  {
    name: "what the view Inside loads when a part is opened",
    path: "insight/views/inside/opened/part.ts",
    ignore: ["./insight/views/inside/opened/stage.ts", "./insight/views/inside/opened/growth.ts"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "17.5 kB",
  },
  {
    name: "what the view Inside loads when a part grows out of its column",
    path: "insight/views/inside/opened/growth.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "2 kB",
  },
  {
    name: "what the view Inside loads with the first step in an opened part",
    path: "insight/views/inside/opened/stage.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "8 kB",
  },
  {
    name: "what the view In 3D loads with the first text",
    path: "insight/next/next-tokens.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "9 kB",
  },
  {
    name: "what the view In 3D loads with a text's tokens",
    path: "insight/views/space/small-names.ts",
    // The picture comes first, and has where things stand and what their axes count; convex parts are counted with measures.
    ignore: [
      ...["./convex.js", "./pixels.js", "./parts.js", "../../cells/words.js", "../../token-line.js"],
      ...["../../scene/layout.js", "../../scene/matrix.js"],
    ],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "5 kB",
  },
  {
    name: "what the view In 3D loads beside the first pass",
    path: "insight/views/space/around.ts",
    ignore: ["./measures.js"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "16.5 kB",
  },
  {
    name: "what names tensors in the view In 3D",
    path: "insight/views/space/labels.ts",
    // The picture has these.
    ignore: ["../../flow/operations.js", "../../scene/layout.js"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "6 kB",
  },
  {
    name: "what the view In 3D loads for low windows and the whole screen",
    path: "insight/views/space/windows.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "2 kB",
  },
  {
    name: "what measures tensors in the view In 3D",
    path: "insight/views/space/measures.ts",
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "6.25 kB",
  },
  {
    name: "engine worker",
    path: "insight/worker.ts",
    // Loaded when they are first asked for: in Node, on a GPU, or where relaxed SIMD is missing.
    ignore: [
      ...["./training.js", "./tokens.js", "./data.js", "./before.js", "@llm/bpe", "./baseline.generated.js"],
      ...["native", "webgpu", "tfjs"].map((engine) => `./engines/${engine}/*`),
    ],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "130 kB",
  },
  {
    name: "what the view Data loads besides",
    path: "insight/engine/data.ts",
    // Loaded for files that need them, or when the first page is measured: the language's statistics, the worker that extracts.
    ignore: [
      ...["eld", "tldts", "hyparquet", "hyparquet-compressors", "papaparse", "diff"],
      ...["./worker.generated.js", "./zstd.js"],
    ],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "110 kB",
  },
];
