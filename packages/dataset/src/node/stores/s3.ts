import type { S3Client } from "@aws-sdk/client-s3";
import type { SourceFile } from "../../step.js";
import { MissingPathError } from "../errors.js";
import { peer } from "../peer.js";
import { parsePattern } from "./pattern.js";
import {
  type ByteRange,
  collected,
  RemoteFileError,
  type RetryOptions,
  resumed,
  retried,
} from "./resumed.js";
import type { Store } from "./store.js";

/** Options of files at `s3://bucket/key`, which take the package `@aws-sdk/client-s3`. What is not given comes from the environment. */
export interface S3Options extends RetryOptions {
  readonly region?: string | undefined;
  /** Of a store that speaks S3 and is not Amazon's. */
  readonly endpoint?: string | undefined;
  /** Whether the bucket is in the path of the URL instead of the host. */
  readonly forcePathStyle?: boolean | undefined;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}

/** Objects in S3; a key's last part, or a pattern, stands for all objects below it. */
export function s3Store(options: S3Options = {}): Store {
  let loaded: Promise<{ sdk: typeof import("@aws-sdk/client-s3"); client: S3Client }> | undefined;
  const load = () => {
    loaded ??= connect(options);
    return loaded;
  };
  return {
    async find(path, signal) {
      const { sdk, client } = await load();
      const { bucket, key } = parse(path);
      const { base, accepts } = parsePattern(key);
      const found: SourceFile[] = [];
      for (let token: string | undefined; ; ) {
        const command = new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: base,
          ContinuationToken: token,
        });
        const list = () => client.send(command, { ...(signal && { abortSignal: signal }) });
        const page = await retried(path, list, options, signal);
        for (const { Key = "", Size } of page.Contents ?? []) {
          const url = `s3://${bucket}/${Key}`;
          if (!Key.endsWith("/") && accepts(Key)) found.push({ path: url, id: url, size: Size });
        }
        token = page.NextContinuationToken;
        if (!page.IsTruncated) break;
      }
      if (found.length === 0) throw new MissingPathError(path);
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    open(path, signal) {
      const { bucket, key } = parse(path);
      const abort = { ...(signal && { abortSignal: signal }) };
      let version: string | undefined;
      const open = async ({ start, end }: ByteRange): Promise<AsyncIterable<Uint8Array>> => {
        const { sdk, client } = await load();
        const isWhole = start === 0 && end === undefined;
        const { Body, ETag } = await client.send(
          new sdk.GetObjectCommand({
            Bucket: bucket,
            Key: key,
            IfMatch: version,
            ...(!isWhole && { Range: `bytes=${start}-${end === undefined ? "" : end - 1}` }),
          }),
          abort,
        );
        version ??= ETag;
        return Body as AsyncIterable<Uint8Array>;
      };
      const head = async () => {
        const { sdk, client } = await load();
        const { ContentLength } = await client.send(
          new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }),
          abort,
        );
        if (ContentLength === undefined) throw new RemoteFileError(path, "the store does not tell its size");
        return ContentLength;
      };
      const size = () => retried(path, head, options, signal);
      return {
        size,
        // Told where it ends, a read that stops there does not ask for more.
        async *bytes() {
          const end = await size();
          yield* resumed(path, open, { start: 0, end }, options, signal);
        },
        slice: (start, end) => collected(resumed(path, open, { start, end }, options, signal)),
      };
    },
  };
}

async function connect({ attempts: _, delay: __, ...config }: S3Options) {
  const sdk = await peer("@aws-sdk/client-s3", "Reading from s3://", (missing) =>
    import("@aws-sdk/client-s3").catch(missing),
  );
  const set = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  return { sdk, client: new sdk.S3Client(set) };
}

function parse(path: string): { bucket: string; key: string } {
  const [, bucket, key = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  if (bucket === undefined) throw new MissingPathError(path);
  return { bucket, key };
}
