import { type Tensor, tensor } from "@llm/tensor";
import { OptionsError } from "./errors.js";

/**
 * Documents in rows (B, T), as attention and positions take them.
 * @param documents where in its row the document of each position begins
 * @throws {OptionsError} for another number of them, or one that begins behind its position
 */
export function packedRows(
  documents: ArrayLike<number>,
  [B, T]: readonly [number, number],
): { documents: () => Tensor; positions: () => Tensor } {
  if (documents.length !== B * T) {
    throw new OptionsError(`documents has ${documents.length} values; ids of (${B}, ${T}) need ${B * T}`);
  }
  const positions = Int32Array.from({ length: B * T }, (_, i) => (i % T) - documents[i]!);
  const wrong = positions.findIndex(
    (position, i) => !(position >= 0 && position <= i % T && Number.isInteger(documents[i]!)),
  );
  if (wrong >= 0) {
    throw new OptionsError(
      `documents is ${documents[wrong]} at index ${wrong}; it must be from 0 to ${wrong % T}, the position in the row`,
    );
  }
  const begins = Int32Array.from(documents);
  // Made anew for each use: a block that is computed again in the backward pass is in another scope.
  return {
    documents: () => tensor(begins, [B, T], "int32"),
    positions: () => tensor(positions, [B, T], "int32"),
  };
}
