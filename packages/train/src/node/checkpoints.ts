// A checkpoint is a folder step-00000100/ with model.safetensors, optimizer.safetensors and
// checkpoint.json, which holds the sizes and SHA-256 of the other files and of itself. It is written as
// .step-00000100.<pid>.tmp, synced, and renamed; a folder of the right name that fails its sums was damaged.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeFlushed } from "@llm/platform/durable";
import type { Kinds } from "@llm/platform/options";
import { readSafetensors, writeSafetensors } from "@llm/tensor";
import { check } from "../check.js";
import type { CheckpointStore, Snapshot, SnapshotTensor } from "../checkpoint.js";
import { CheckpointError } from "../errors.js";

/** Options of {@link checkpoints}. */
export interface CheckpointsOptions {
  /** How many of the latest to keep; the one with the lowest evaluated loss stays besides. Default 2. */
  keep?: number;
  /** The split whose loss says which is best. Default `"val"`. */
  best?: string;
  /** More files to put into every checkpoint, such as the model's `config.json`. */
  files?: Readonly<Record<string, Uint8Array | string>>;
  /** Told when a damaged checkpoint is passed over. Default `console.warn`. */
  onWarning?: (message: string) => void;
}

/** Checkpoints in a folder. */
export interface FolderCheckpoints extends CheckpointStore {
  /** Writes a snapshot, drops what is not to be kept, and answers the checkpoint's folder. */
  save(snapshot: Snapshot): Promise<string>;
  /** The checkpoint with the lowest evaluated loss, if any was evaluated. */
  best(): Promise<Snapshot | undefined>;
  /** The folders of all checkpoints, oldest first. */
  list(): Promise<string[]>;
}

interface Manifest {
  version: 1;
  step: number;
  evaluation?: Readonly<Record<string, number>>;
  settings: Readonly<Record<string, unknown>>;
  files: Record<string, { bytes: number; sha256: string }>;
}

const MANIFEST = "checkpoint.json";
const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

const CHECKPOINTS: Kinds<CheckpointsOptions> = {
  keep: "count",
  best: "string",
  files: "object",
  onWarning: "function",
};

/** Keeps the checkpoints of one run in `folder`, which is made when first needed. */
export function checkpoints(folder: string, options: CheckpointsOptions = {}): FolderCheckpoints {
  check("checkpoints", options, CHECKPOINTS);
  const { keep = 2, best: split = "val", files: extra = {}, onWarning = console.warn } = options;

  const list = async () => {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names
      .filter((name) => /^step-\d{8,}$/.test(name))
      .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)))
      .map((name) => join(folder, name));
  };

  /** Folders with the loss each was evaluated at, best first; those that cannot be read are left out. */
  const byLoss = async () => {
    const all = await Promise.all(
      (await list()).map(async (path) => {
        const manifest = await readManifest(path).catch(() => undefined);
        return { path, loss: manifest?.evaluation?.[split] };
      }),
    );
    return all
      .flatMap(({ path, loss }) => (loss === undefined ? [] : [{ path, loss }]))
      .sort((a, b) => a.loss - b.loss);
  };

  const firstWhole = async (paths: readonly string[]): Promise<Snapshot | undefined> => {
    for (const path of paths) {
      try {
        return await readCheckpoint(path);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        onWarning(`${error.message}; passing over it`);
      }
    }
    if (paths.length > 0) {
      throw new CheckpointError(
        `none of the ${paths.length} checkpoints in "${folder}" is whole; remove the folder to start anew`,
      );
    }
    return undefined;
  };

  return {
    list,
    latest: async () => firstWhole((await list()).reverse()),
    best: async () => firstWhole((await byLoss()).map(({ path }) => path)),
    async save(snapshot) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `step-${String(snapshot.step).padStart(8, "0")}`);
      const aside = join(folder, `.step-${snapshot.step}.${process.pid}.tmp`);
      try {
        await writeCheckpoint(aside, snapshot, extra);
        await rm(path, { recursive: true, force: true }); // a damaged one of the same step
        await rename(aside, path);
        await syncFolder(folder);
      } catch (error) {
        await rm(aside, { recursive: true, force: true });
        throw error;
      }
      const kept = new Set([
        ...(await list()).slice(-keep),
        ...(await byLoss()).slice(0, 1).map(({ path }) => path),
      ]);
      for (const old of await list()) {
        if (!kept.has(old)) {
          await rm(old, { recursive: true, force: true });
        }
      }
      return path;
    },
  };
}

async function writeCheckpoint(
  path: string,
  snapshot: Snapshot,
  extra: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  const { step, weights, optimizer, evaluation, settings } = snapshot;
  const contents: Record<string, Uint8Array | string> = {
    ...extra,
    "model.safetensors": toBytes(weights),
    "optimizer.safetensors": toBytes(optimizer),
  };
  const files: Manifest["files"] = {};
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  for (const [name, content] of Object.entries(contents)) {
    await writeFlushed(join(path, name), content);
    files[name] = { bytes: Buffer.byteLength(content), sha256: sha256(content) };
  }
  const manifest: Manifest = { version: 1, step, settings, files, ...(evaluation ? { evaluation } : {}) };
  const json = JSON.stringify(manifest);
  await writeFlushed(join(path, MANIFEST), `${json}\n${sha256(json)}\n`);
  await syncFolder(path);
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(join(path, MANIFEST), "utf8").catch((cause: unknown) => {
    throw new CheckpointError(`"${path}" has no readable ${MANIFEST}`, { cause });
  });
  const [json = "", sum] = text.split("\n");
  if (sha256(json) !== sum) {
    throw new CheckpointError(`"${path}" is damaged: ${MANIFEST} was cut short or changed`);
  }
  const manifest = JSON.parse(json) as Manifest;
  if (manifest.version !== 1) {
    throw new CheckpointError(`"${path}" has version ${manifest.version}; this program reads version 1`);
  }
  return manifest;
}

async function readCheckpoint(path: string): Promise<Snapshot> {
  const { step, evaluation, settings, files } = await readManifest(path);
  const contents = new Map<string, Uint8Array>();
  for (const [name, { bytes, sha256: sum }] of Object.entries(files)) {
    const content = await readFile(join(path, name)).catch((cause: unknown) => {
      throw new CheckpointError(`"${path}" is damaged: ${name} cannot be read`, { cause });
    });
    if (content.byteLength !== bytes) {
      throw new CheckpointError(`"${path}" is damaged: ${name} has ${content.byteLength} bytes of ${bytes}`);
    }
    if (sha256(content) !== sum) {
      throw new CheckpointError(`"${path}" is damaged: ${name} does not match its SHA-256`);
    }
    contents.set(name, content);
  }
  return {
    step,
    weights: fromBytes(contents.get("model.safetensors")!),
    optimizer: fromBytes(contents.get("optimizer.safetensors")!),
    evaluation,
    settings,
  };
}

function toBytes(tensors: ReadonlyMap<string, SnapshotTensor>): Uint8Array {
  const entries = [...tensors].map(([name, { shape, data }]) => [name, { shape: [...shape], data }] as const);
  return writeSafetensors(new Map(entries), { format: "pt" });
}

function fromBytes(bytes: Uint8Array): Map<string, SnapshotTensor> {
  const tensors = [...readSafetensors(bytes).tensors];
  return new Map(tensors.map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]));
}
