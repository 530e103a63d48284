import { TokenError } from "./encode.js";

/** 256 int32. */
export const LLMC_HEADER_BYTES = 1024;

/** Magic number and version of llm.c's data files, by bytes per token. */
const kinds = { 2: [20_240_520, 1], 4: [20_240_801, 7] } as const;

/** @throws TokenError for more tokens than the header can count */
export function llmcHeader(tokens: number, width: 2 | 4): Uint8Array {
  if (tokens >= 2 ** 31)
    throw new TokenError(`${tokens} tokens are more than one llm.c file counts (2^31 - 1): use more tasks`);
  const header = new DataView(new ArrayBuffer(LLMC_HEADER_BYTES));
  for (const [i, value] of [...kinds[width], tokens].entries()) header.setInt32(4 * i, value, true);
  return new Uint8Array(header.buffer);
}

/** What a header says; undefined where it is none. */
export function parseLlmcHeader(bytes: Uint8Array): { width: 2 | 4; tokens: number } | undefined {
  if (bytes.length < LLMC_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const width of [2, 4] as const) {
    const [magic, version] = kinds[width];
    if (view.getInt32(0, true) === magic && view.getInt32(4, true) === version)
      return { width, tokens: view.getInt32(8, true) };
  }
  return undefined;
}
