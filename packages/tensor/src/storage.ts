import type { DeviceBuffer, DType } from "./device-buffer.js";
import type { Engine } from "./engine.js";

/** A counted reference to an engine's buffer: tensors, views and the tape share one; the last to let go frees it. */
export class Storage {
  readonly engine: Engine;
  readonly buffer: DeviceBuffer;
  #references = 1;

  constructor(engine: Engine, length: number, dtype: DType = "float32") {
    this.engine = engine;
    this.buffer = engine.allocate(length, dtype);
  }

  /** True when nobody else holds it, so that it may be overwritten. */
  get exclusive(): boolean {
    return this.#references === 1;
  }

  retain(): this {
    this.#references++;
    return this;
  }

  release(): void {
    if (--this.#references === 0) this.engine.free(this.buffer);
  }
}
