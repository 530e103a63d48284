/** Writes pieces to a stream no faster than it takes them, and closes it; where either fails, the stream is aborted. */
export async function writeStream(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const piece of pieces) {
      await writer.ready;
      await writer.write(piece);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {}); // it may be what failed
    throw error;
  } finally {
    writer.releaseLock();
  }
}
