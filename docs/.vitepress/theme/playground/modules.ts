/** What code written in a page can import: every entry of the packages that runs in a browser. */
export const modules: Record<string, () => Promise<unknown>> = {
  "@llm/bpe": () => import("@llm/bpe"),
  "@llm/bpe/characters": () => import("@llm/bpe/characters"),
  "@llm/bpe/expressions": () => import("@llm/bpe/expressions"),
  "@llm/bpe/template": () => import("@llm/bpe/template"),
  "@llm/dataset": () => import("@llm/dataset"),
  "@llm/gpt": () => import("@llm/gpt"),
  "@llm/gpt/formats": () => import("@llm/gpt/formats"),
  "@llm/gpt/inspect": () => import("@llm/gpt/inspect"),
  "@llm/gpt/lora": () => import("@llm/gpt/lora"),
  "@llm/sample": () => import("@llm/sample"),
  "@llm/sample/compression": () => import("@llm/sample/compression"),
  "@llm/sample/constraints": () => import("@llm/sample/constraints"),
  "@llm/sample/evaluation": () => import("@llm/sample/evaluation"),
  "@llm/tensor": () => import("@llm/tensor"),
  "@llm/train": () => import("@llm/train"),
  // What the chapters' programs about one page share.
  "./otters.js": () => import("../../../story/otters.js"),
};
