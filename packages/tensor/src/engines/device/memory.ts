/** What an engine holds: how many buffers, how many bytes, and the most bytes so far. */
export class MemoryCount {
  allocations = 0;
  bytes = 0;
  peakBytes = 0;

  add(bytes: number): void {
    this.allocations++;
    this.bytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
  }

  remove(bytes: number): void {
    this.allocations--;
    this.bytes -= bytes;
  }

  /** Nothing is held any more. */
  clear(): void {
    this.allocations = 0;
    this.bytes = 0;
  }
}
