// Writes pickles of protocol 2, as torch.save does, of the values that a checkpoint has.

/** Numbers of a storage, seen as a tensor: all of them, in order. */
export class PickledTensor {
  readonly key: string;
  readonly shape: readonly number[];

  constructor(key: string, shape: readonly number[]) {
    this.key = key;
    this.shape = shape;
  }
}

/** What can be written. */
export type Picklable =
  | number
  | string
  | boolean
  | null
  | PickledTensor
  | { readonly [key: string]: Picklable };

/** A pickle of a value, whose tensors are float32. */
export function pickle(value: Picklable): Uint8Array {
  const bytes = [0x80, 2];
  write(value, bytes);
  bytes.push(code("."));
  return Uint8Array.from(bytes);
}

function write(value: Picklable, out: number[]): void {
  if (value === null) out.push(code("N"));
  else if (typeof value === "boolean") out.push(value ? 0x88 : 0x89);
  else if (typeof value === "string") text(value, out);
  else if (typeof value === "number") number(value, out);
  else if (value instanceof PickledTensor) tensor(value, out);
  else {
    out.push(code("}"), code("("));
    for (const [key, each] of Object.entries(value)) {
      text(key, out);
      write(each, out);
    }
    out.push(code("u"));
  }
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks)` */
function tensor({ key, shape }: PickledTensor, out: number[]): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  global("torch._utils", "_rebuild_tensor_v2", out);
  out.push(code("("), code("("));
  text("storage", out);
  global("torch", "FloatStorage", out);
  text(key, out);
  text("cpu", out);
  number(size, out);
  out.push(code("t"), code("Q"));
  number(0, out);
  tuple(shape, out);
  tuple(
    shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)),
    out,
  );
  out.push(0x89);
  global("collections", "OrderedDict", out);
  out.push(code(")"), code("R"), code("t"), code("R"));
}

function tuple(numbers: readonly number[], out: number[]): void {
  out.push(code("("));
  for (const each of numbers) number(each, out);
  out.push(code("t"));
}

function number(value: number, out: number[]): void {
  const view = new DataView(new ArrayBuffer(8));
  if (Number.isSafeInteger(value)) {
    view.setBigInt64(0, BigInt(value), true);
    out.push(0x8a, 8);
  } else {
    view.setFloat64(0, value);
    out.push(code("G"));
  }
  out.push(...new Uint8Array(view.buffer));
}

function text(value: string, out: number[]): void {
  const bytes = new TextEncoder().encode(value);
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, bytes.length, true);
  out.push(code("X"), ...new Uint8Array(length.buffer));
  for (const byte of bytes) out.push(byte);
}

function global(module: string, name: string, out: number[]): void {
  for (const byte of new TextEncoder().encode(`c${module}\n${name}\n`)) out.push(byte);
}

function code(character: string): number {
  return character.charCodeAt(0);
}
