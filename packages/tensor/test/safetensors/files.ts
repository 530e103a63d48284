import { decodeSafetensors, openSafetensors, type SafetensorsTensor } from "@llm/tensor";

/** A file from a header, as text or to be made JSON, and data bytes. */
export function file(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Everything in a file, through a source that refuses to be read outside its bytes. */
export async function openAll(bytes: Uint8Array): Promise<Map<string, SafetensorsTensor>> {
  const opened = await openSafetensors({
    size: bytes.length,
    read(offset, length) {
      if (!(offset >= 0 && length > 0 && offset + length <= bytes.length)) {
        throw new Error(`read ${length} at ${offset} of ${bytes.length}`);
      }
      return bytes.subarray(offset, offset + length);
    },
  });
  const all = new Map<string, SafetensorsTensor>();
  for await (const [name, tensor] of opened) all.set(name, tensor);
  return all;
}

/** Cuts bytes into chunks of growing size, an empty one among them. */
export function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  for (let size = 0; at < bytes.length; size++) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Everything in a file, as a stream. */
export async function decodeAll(bytes: Uint8Array): Promise<Map<string, SafetensorsTensor>> {
  const { tensors } = await decodeSafetensors(
    (async function* () {
      yield* chunks(bytes);
    })(),
  );
  const all = new Map<string, SafetensorsTensor>();
  for await (const [name, tensor] of tensors) all.set(name, tensor);
  return all;
}
