import { writeStream } from "@llm/platform/write-stream";
import { writeModelFile } from "#files";
import { OptionsError } from "../errors.js";

/** Where a file is written: a path, or a stream, as a browser's file picker gives it. */
export type FormatDestination = string | WritableStream<Uint8Array>;

/**
 * Writes a file: a path aside first, so that there is the whole new file or the old one; a stream no faster than it
 * takes the bytes.
 * @param of the function it is an argument of, for messages
 */
export async function writeTo(
  file: FormatDestination,
  content: AsyncIterable<Uint8Array>,
  of: string,
): Promise<void> {
  if (typeof file === "string") return writeModelFile(file, content);
  if (typeof file !== "object" || file === null || !("getWriter" in file)) {
    throw new OptionsError(`the target of ${of} is ${String(file)}; it must be a path or a WritableStream`);
  }
  await writeStream(content, file);
}
