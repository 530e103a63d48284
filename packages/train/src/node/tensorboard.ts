// TensorBoard's event files: records of protocol buffers, each with its length and checksums (tensorflow/core/lib/io/record_writer.h,
// core/util/event.proto). Only scalars are written.
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { check } from "../check.js";

/** A log that TensorBoard reads. */
export interface TensorboardLog {
  /** Adds the numbers of one step, by tag: `"loss"`, `"evaluation/val"`. Values that are not numbers are left out. */
  write(step: number, scalars: Readonly<Record<string, unknown>>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins an event file in `folder`. Show it with `tensorboard --logdir <folder>`.
 * @param options.resumeFrom the step a run goes on from: TensorBoard forgets what was logged after it
 */
export async function tensorboardLog(
  folder: string,
  options: { resumeFrom?: number } = {},
): Promise<TensorboardLog> {
  check("tensorboardLog", options, { resumeFrom: "number" });
  await mkdir(folder, { recursive: true });
  const seconds = Date.now() / 1000;
  const name = `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.${++logs}`;
  const file: FileHandle = await open(join(folder, name), "ax");
  await file.appendFile(record([...double(1, seconds), ...bytes(3, text("brain.Event:2"))]));
  const { resumeFrom } = options;
  if (resumeFrom !== undefined) {
    const start = bytes(7, varint(1, 1)); // SessionLog.START
    await file.appendFile(record([...double(1, seconds), ...varint(2, resumeFrom + 1), ...start]));
  }
  return {
    async write(step, scalars) {
      const values = Object.entries(scalars).flatMap(([tag, value]) =>
        typeof value === "number" ? bytes(1, [...bytes(1, text(tag)), ...float(2, value)]) : [],
      );
      if (values.length === 0) return;
      await file.appendFile(
        record([...double(1, Date.now() / 1000), ...varint(2, step), ...bytes(5, values)]),
      );
    },
    close: () => file.close(),
  };
}

let logs = 0;

/** Length, its checksum, the data, its checksum. */
function record(data: readonly number[]): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(out.subarray(12, 12 + data.length)), true);
  return out;
}

const text = (value: string) => [...new TextEncoder().encode(value)];

function raw(value: number): number[] {
  const out: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) out.push((left % 128) + 128);
  return [...out, left];
}

const varint = (field: number, value: number) => [8 * field, ...raw(value)];
const bytes = (field: number, value: readonly number[]) => [8 * field + 2, ...raw(value.length), ...value];

function double(field: number, value: number): number[] {
  return [8 * field + 1, ...new Uint8Array(Float64Array.of(value).buffer)];
}

function float(field: number, value: number): number[] {
  return [8 * field + 5, ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** CRC-32C of Castagnoli's polynomial, turned and shifted as the format asks. */
function maskedChecksum(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
