import { type BinaryReader, type BinaryWriter, FasttextFormatError } from "./binary.js";

/** Rows of numbers, one after the other. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Reads a matrix as fastText writes it. A quantised one is written out in full, some eight times its size. */
export function readMatrix(reader: BinaryReader, quantized: boolean): Matrix {
  if (quantized) return readQuantized(reader);
  const [rows, columns] = [reader.int64(), reader.int64()];
  return { rows, columns, values: reader.float32s(rows * columns) };
}

/** Writes a matrix that is not quantised. */
export function writeMatrix(writer: BinaryWriter, { rows, columns, values }: Matrix): void {
  writer.int64(rows);
  writer.int64(columns);
  writer.float32s(values);
}

const CENTROIDS = 256;

/** Every row is cut into a few parts, and each part is the number of a centroid; its norm may be one too. */
function readQuantized(reader: BinaryReader): Matrix {
  const hasNorms = reader.bool();
  const [rows, columns] = [reader.int64(), reader.int64()];
  const codes = reader.bytes(reader.int32());
  const vectors = readQuantizer(reader);
  if (vectors.columns !== columns || codes.length !== rows * vectors.parts) {
    throw new FasttextFormatError(`${codes.length} codes for ${rows} x ${columns} values`);
  }
  const normCodes = hasNorms ? reader.bytes(rows) : undefined;
  const norms = hasNorms ? readQuantizer(reader) : undefined;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const norm = norms ? norms.centroids[normCodes![row]!]! : 1;
    for (let part = 0; part < vectors.parts; part++) {
      const size = part === vectors.parts - 1 ? vectors.lastSize : vectors.size;
      const from = part * CENTROIDS * vectors.size + codes[row * vectors.parts + part]! * size;
      const to = row * columns + part * vectors.size;
      for (let i = 0; i < size; i++) values[to + i] = norm * vectors.centroids[from + i]!;
    }
  }
  return { rows, columns, values };
}

/** A product quantizer (Jégou et al. 2011): `CENTROIDS` centroids for each part of a row. */
interface Quantizer {
  columns: number;
  parts: number;
  /** Columns of a part, and of the last one. */
  size: number;
  lastSize: number;
  centroids: Float32Array;
}

function readQuantizer(reader: BinaryReader): Quantizer {
  const [columns, parts, size, lastSize] = [reader.int32(), reader.int32(), reader.int32(), reader.int32()];
  return { columns, parts, size, lastSize, centroids: reader.float32s(columns * CENTROIDS) };
}
