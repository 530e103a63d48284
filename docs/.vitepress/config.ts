import { readFileSync } from "node:fs";
import { createLogger } from "vite";
import { type DefaultTheme, defineConfig } from "vitepress";
import { foldOutputs } from "./fold-outputs.js";
import { identifierTables } from "./identifier-tables.js";
import { timeToRead } from "./reading-time.js";
import { sourceLink } from "./repository.js";
import { search } from "./search.js";

/** The stages in the order in which a model is made. */
const chapters: DefaultTheme.SidebarItem[] = [
  { text: "1 · Pre-training data", link: "/chapters/pretraining-data" },
  { text: "2 · Tokenisation", link: "/chapters/tokenisation" },
  { text: "3 · Training", link: "/chapters/training" },
  { text: "4 · Network internals", link: "/chapters/network-internals" },
  { text: "5 · Inference", link: "/chapters/inference" },
  { text: "6 · Base models", link: "/chapters/base-models" },
  { text: "7 · Post-training", link: "/chapters/post-training" },
];

/**
 * Written by `npm run api`; read, not imported, so that the types can be checked without it. Only the entries of the
 * packages: their pages list the symbols, and 800 links here would be part of every page.
 */
const api: DefaultTheme.SidebarItem[] = JSON.parse(
  readFileSync(new URL("../api/typedoc-sidebar.json", import.meta.url), "utf8"),
).map(({ text, link }: DefaultTheme.SidebarItem) => ({ text, link }));

const source = sourceLink();

/** A warning nobody sees is a defect that stays: in a build it ends the build. */
function strictLogger() {
  const logger = createLogger("warn");
  if (process.env["NODE_ENV"] === "production") {
    logger.warn = (message) => {
      throw new Error(`warning in the docs build: ${message}`);
    };
  }
  return logger;
}

export default defineConfig({
  title: "@llm",
  description: "From raw web pages to a model that talks, in TypeScript: every stage explained, and runnable",
  lang: "en-GB",
  // Where the site will live on its host, such as /llm/ for a project page.
  base: process.env["DOCS_BASE"] ?? "/",
  cleanUrls: false,
  lastUpdated: false,
  srcExclude: ["README.md"],
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${process.env["DOCS_BASE"] ?? "/"}icon.svg` }],
  ],
  markdown: {
    math: true,
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: foldOutputs,
  },
  // Which file belongs to which page stands once, not in each of them.
  metaChunk: true,
  transformPageData: timeToRead,
  themeConfig: {
    search: { provider: "local", options: search },
    outline: { level: [2, 3] },
    nav: [
      { text: "Get started", link: "/get-started" },
      { text: "Chapters", link: "/chapters/pretraining-data", activeMatch: "/chapters/" },
      { text: "Insight", link: "/insight/", activeMatch: "/insight/" },
      { text: "API", link: "/api/", activeMatch: "/api/" },
      { text: "Glossary", link: "/glossary" },
      { text: "About", link: "/about" },
      ...(source ? [{ text: "Source", link: source }] : []),
    ],
    sidebar: [
      { text: "Get started", link: "/get-started" },
      { text: "From pages to a model", items: chapters },
      { text: "Glossary", link: "/glossary" },
      { text: "Measure your GPU", link: "/gpu" },
      { text: "API reference", items: api },
      { text: "Version and licence", link: "/about" },
    ],
  },
  vite: {
    customLogger: strictLogger(),
    resolve: { conditions: ["@llm/source"] },
    plugins: [identifierTables],
    worker: { format: "es", plugins: () => [identifierTables] },
    // Examples use top-level await; a chapter's examples carry the packages they run. The largest file is the table of the
    // language identifier, which is fetched when a document's language is asked for.
    build: { target: "es2022", chunkSizeWarningLimit: 1024 },
  },
});
