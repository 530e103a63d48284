import { readFileSync } from "node:fs";
import type { PageData, SiteConfig } from "vitepress";

const WORDS_A_MINUTE = 180;

/** Counts, for the line above a chapter, its words at a calm pace and a minute for each example. */
export function timeToRead(page: PageData, { siteConfig }: { siteConfig: SiteConfig }): void {
  if (!page.relativePath.startsWith("chapters/")) return;
  const source = readFileSync(`${siteConfig.srcDir}/${page.relativePath}`, "utf8");
  const examples = source.match(/^<Run /gm)?.length ?? 0;
  const words = source.split(/\s+/).length;
  page.frontmatter["minutes"] = Math.ceil(words / WORDS_A_MINUTE) + examples;
  page.frontmatter["examples"] = examples;
}
