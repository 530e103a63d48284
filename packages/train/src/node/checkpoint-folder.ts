// A checkpoint is a folder with model.safetensors, optimizer.safetensors and checkpoint.json, which holds the sizes and
// SHA-256 of the other files, and of itself. A folder that fails its sums was damaged.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeAside, writeFlushed } from "@llm/platform/durable";
import { readSafetensors, writeSafetensors } from "@llm/tensor";
import type { Losses, Snapshot, SnapshotTensor } from "../checkpoint.js";
import { CheckpointError, CheckpointVersionError } from "../errors.js";

interface Manifest {
  version: number;
  step: number;
  tokens: number;
  evaluations: Snapshot["evaluations"];
  settings: Readonly<Record<string, unknown>>;
  files: Record<string, { bytes: number; sha256: string }>;
}

const VERSION = 2;
const MANIFEST = "checkpoint.json";
const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

/** Writes a folder that nobody reads yet. */
export async function writeCheckpoint(
  path: string,
  snapshot: Snapshot,
  extra: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  const { weights, optimizer, ...rest } = snapshot;
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
  await writeFlushed(join(path, MANIFEST), withSum({ version: VERSION, ...rest, files }));
  await syncFolder(path);
}

/** Adds an evaluation to a checkpoint that is there. */
export async function addEvaluation(path: string, losses: Losses): Promise<void> {
  const manifest = await readManifest(path);
  const { step } = manifest;
  const evaluations = [...manifest.evaluations.filter((each) => each.step !== step), { step, losses }];
  await writeAside(join(path, MANIFEST), withSum({ ...manifest, evaluations }));
}

/** What this very checkpoint was evaluated at, if it was: the losses, and the settings of the run. */
export async function evaluationOf(
  path: string,
): Promise<{ losses: Losses; settings: Snapshot["settings"] } | undefined> {
  const { step, evaluations, settings } = await readManifest(path);
  const losses = evaluations.find((each) => each.step === step)?.losses;
  return losses && { losses, settings };
}

/** Whether a checkpoint is whole as far as can be told without reading the weights. */
export async function looksWhole(path: string): Promise<boolean> {
  try {
    const { files } = await readManifest(path);
    for (const [name, { bytes }] of Object.entries(files)) {
      if ((await stat(join(path, name))).size !== bytes) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function withSum(manifest: Manifest): string {
  const json = JSON.stringify(manifest);
  return `${json}\n${sha256(json)}\n`;
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(join(path, MANIFEST), "utf8").catch((cause: unknown) => {
    throw new CheckpointError(`"${path}" has no readable ${MANIFEST}`, { cause });
  });
  const [json = "", sum] = text.split("\n");
  if (sha256(json) !== sum) {
    throw new CheckpointError(`"${path}" is damaged: ${MANIFEST} was cut short or changed`);
  }
  // What JSON has no word for, a loss that is not a number, it writes as null.
  const manifest = JSON.parse(json, (_, value) => (value === null ? Number.NaN : value)) as Manifest;
  const { version } = manifest;
  if (version !== VERSION) {
    const wayOut =
      version > VERSION ? "update @llm/train" : "go on with the older @llm/train, or use another folder";
    throw new CheckpointVersionError(
      `"${path}" is of version ${version}, and this program reads version ${VERSION}: ${wayOut}`,
    );
  }
  return manifest;
}

/** Reads all of it, and compares the sums. @throws {CheckpointError} when it is damaged, or of another version */
export async function readCheckpoint(path: string): Promise<Snapshot> {
  const { step, tokens, evaluations, settings, files } = await readManifest(path);
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
    tokens,
    weights: fromBytes(contents.get("model.safetensors")!),
    optimizer: fromBytes(contents.get("optimizer.safetensors")!),
    evaluations,
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
