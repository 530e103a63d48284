import { readFileSync } from "node:fs";
import type { MarkdownRenderer } from "vitepress";
import { splitOutput } from "./output-comment.js";

type Token = ReturnType<MarkdownRenderer["parse"]>[number] & { src?: string[] };

/** `<<<` of an example shows its code; what it prints is folded, and a `<Run>` behind it takes both into itself. */
export function foldOutputs(md: MarkdownRenderer): void {
  const { escapeHtml } = md.utils;
  md.core.ruler.push("fold-outputs", ({ tokens, Token: Make, env }) => {
    const html = (content: string) => Object.assign(new Make("html_block", "", 0), { content });
    for (let i = tokens.length - 1; i >= 0; i--) {
      const fence = tokens[i] as Token;
      const file = fence.src?.[0];
      if (!file || !/\/(examples|story)\/.*\.ts$/.test(file)) continue;
      env.includes?.push(file);
      const { code, output } = splitOutput(readFileSync(file, "utf8"));
      fence.content = code;
      delete fence.src;
      const shown: Token[] = [fence];
      if (output) {
        // `v-pre`: what is printed may hold braces, which are Vue's.
        shown.push(
          html(
            `<details class="expected"><summary>What it prints</summary><pre v-pre tabindex="0">${escapeHtml(output)}</pre></details>\n`,
          ),
        );
      }
      const run = tokens[i + 1];
      const [, open] = (run?.type === "html_block" && /^(<Run [^>]*?) *\/>\s*$/.exec(run.content)) || [];
      if (open) tokens.splice(i, 2, html(`${open}>\n`), ...shown, html("</Run>\n"));
      else tokens.splice(i, 1, ...shown);
    }
  });
}
