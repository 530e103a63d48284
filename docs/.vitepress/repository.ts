import { readFileSync } from "node:fs";

interface Manifest {
  readonly repository?: string | { readonly url: string };
}

const root: Manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** Where the sources can be read, once the root's package.json names its repository; `owner/name` is on GitHub. */
export function sourceLink({ repository }: Manifest = root): string | undefined {
  const named = typeof repository === "object" ? repository.url : repository;
  if (!named) return undefined;
  const short = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(named);
  const url = short ? `https://github.com/${short[1]}` : named.replace(/^git\+/, "").replace(/\.git$/, "");
  return url.startsWith("https://") ? url : undefined;
}
