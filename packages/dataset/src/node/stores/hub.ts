import type { SourceFile } from "../../step.js";
import { MissingPathError } from "../errors.js";
import { peer } from "../peer.js";
import { type HttpOptions, httpFile } from "./http.js";
import { parsePattern } from "./pattern.js";
import { RemoteFileError, type RetryOptions, retried } from "./resumed.js";
import type { Store } from "./store.js";

/** Options of files at `hf://datasets/owner/name/path`, which take the package `@huggingface/hub`. */
export interface HubOptions extends RetryOptions {
  readonly accessToken?: string | undefined;
  /** Default `"https://huggingface.co"`. */
  readonly hubUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Repositories of the Hugging Face Hub: `hf://datasets/owner/name@revision/data/**`, `hf://owner/name/..` for a model. */
export function hubStore({
  accessToken,
  hubUrl = "https://huggingface.co",
  ...rest
}: HubOptions = {}): Store {
  return {
    async find(path, signal) {
      const { listFiles } = await peer("@huggingface/hub", "Reading from hf://", (missing) =>
        import("@huggingface/hub").catch(missing),
      );
      const { type, name, revision, key } = parse(path);
      const { base, accepts } = parsePattern(key);
      const folder = base === key ? parentOf(key) : base.replace(/\/$/, "");
      const root = path.slice(0, path.length - key.length).replace(/\/?$/, "/");
      const list = async () => {
        const found: SourceFile[] = [];
        for await (const file of listFiles({
          repo: { type, name },
          recursive: true,
          path: folder,
          revision,
          hubUrl,
          ...(accessToken && { accessToken }),
          ...(rest.fetch && { fetch: rest.fetch }),
        })) {
          signal?.throwIfAborted();
          const url = `${root}${file.path}`;
          if (file.type === "file" && accepts(file.path)) found.push({ path: url, id: url, size: file.size });
        }
        return found;
      };
      const found = await retried(path, list, rest, signal).catch((error: unknown) => {
        if (error instanceof RemoteFileError && error.status === 404) throw new MissingPathError(path);
        throw error;
      });
      if (found.length === 0) throw new MissingPathError(path);
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    open(path, signal) {
      const { type, name, revision, key } = parse(path);
      const repo = type === "model" ? name : `${type}s/${name}`;
      const file = key.split("/").map(encodeURIComponent).join("/");
      const url = `${hubUrl}/${repo}/resolve/${encodeURIComponent(revision)}/${file}`;
      const headers: HttpOptions["headers"] = accessToken ? { authorization: `Bearer ${accessToken}` } : {};
      return httpFile(url, { ...rest, headers }, signal, path);
    },
  };
}

interface HubPath {
  readonly type: "dataset" | "space" | "model";
  readonly name: string;
  readonly revision: string;
  readonly key: string;
}

function parse(path: string): HubPath {
  const [, kind, name, revision = "main", key = ""] =
    /^hf:\/\/(?:(datasets|spaces)\/)?([^/@]+\/[^/@]+)(?:@([^/]+))?(?:\/(.*))?$/s.exec(path) ?? [];
  if (name === undefined) throw new MissingPathError(path);
  const type = kind === "datasets" ? "dataset" : kind === "spaces" ? "space" : "model";
  return { type, name, revision: decodeURIComponent(revision), key };
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}
