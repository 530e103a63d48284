/** What every error of this package extends. */
export class TensorError extends Error {
  override name = "TensorError";
}

/** No engine was chosen, an engine is unavailable, or tensors of two engines were mixed. */
export class EngineError extends TensorError {
  override name = "EngineError";
}

/** Shapes, types or options that do not fit an operation; the message names the operation and the shapes. */
export class ShapeError extends TensorError {
  override name = "ShapeError";
}

/** A tensor was used after it was freed (by `dispose` or at the end of a `scope`). */
export class DisposedError extends TensorError {
  override name = "DisposedError";
}

/** A token id, target or offset lies outside the table it points into. */
export class IndexError extends TensorError {
  override name = "IndexError";
}

/** The engine has no memory left for a tensor. */
export class OutOfMemoryError extends TensorError {
  override name = "OutOfMemoryError";
}

/** Bytes that are not a valid safetensors file, or tensors that cannot be written as one. */
export class SafetensorsError extends TensorError {
  override name = "SafetensorsError";
}
