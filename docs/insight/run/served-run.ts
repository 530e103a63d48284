import { sitePlace } from "../models.js";
import type { NamedFile } from "./named-file.js";

/** Whether the page's address says that a run is served with the site, as `npm run demo -- view` does. */
export function isRunServed(): boolean {
  return new URLSearchParams(location.search).has("run");
}

/** The run's files, which the site lists. @throws in words */
export async function servedFiles(signal: AbortSignal): Promise<NamedFile[]> {
  const list = await answer("run/files.json", signal);
  const paths: unknown = await list.json();
  if (!Array.isArray(paths))
    throw new Error(
      "run/files.json is no list of the run's files. Start the program again that shows this page.",
    );
  return Promise.all(
    paths.map(async (path: string) => {
      const blob = await (await answer(`run/${path}`, signal)).blob();
      return { path, file: new File([blob], path.slice(path.lastIndexOf("/") + 1)) };
    }),
  );
}

async function answer(path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(sitePlace(path), { signal });
  if (response.ok) return response;
  throw new Error(
    `${path} could not be loaded: HTTP status ${response.status}. Is the program still there that shows this page?`,
  );
}
