// What a reader loads to open a view. Models come on demand, and are not counted.
const fromSources = (options) => ({ ...options, conditions: ["@llm/source"], platform: "browser" });

export default [
  {
    name: "all views",
    path: "insight/frame.ts",
    ignore: ["./engine/engine.js"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "40 kB",
  },
  {
    name: "engine worker",
    path: "insight/worker.ts",
    // Loaded when they are first asked for. What tensor loads in Node alone is counted here, and not in the site.
    ignore: ["./training.js", "./tokens.js", "@llm/bpe", "./engines/native/*", "./engines/webgpu/*", "./engines/tfjs/*"],
    modifyEsbuildConfig: fromSources,
    gzip: true,
    limit: "163 kB",
  },
];
