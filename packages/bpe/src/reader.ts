import { classTable } from "./classes.js";
import { encodingModule } from "./encoding-module.js";
import { Kernel } from "./kernel.js";
import type { Pattern } from "./patterns.js";
import { PieceReader } from "./pieces.js";

/** A reader with a kernel of its own. */
export function createReader(pattern: Pattern): PieceReader {
  const kernel = new Kernel(encodingModule.get());
  return new PieceReader(kernel, pattern, kernel.copy(classTable()));
}
