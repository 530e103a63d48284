// A vocabulary in linear memory, as src/model.ts lays it out: this struct, and the tables it points to.

@unmanaged
export class Model {
  /** Buckets of short words: see short.ts. Shifts are 64 less the binary logarithm of a table's size. */
  cache: usize;
  cacheShift: u32;
  cacheUsed: u32;
  cacheLimit: u32;
  /** Slots of the short words met last. */
  recent: usize;
  /** Slots of longer pieces: see long.ts. */
  long: usize;
  longShift: u32;
  longUsed: u32;
  longLimit: u32;
  /** What the slots of both have no room for. */
  kept: usize;
  keptLength: u32;
  keptLimit: u32;
  /** The table of pairs and the merges: see pairs.ts. */
  pairs: usize;
  pairShift: u32;
  merges: usize;
  /** The rank plus one of each pair of bytes, 0 where there is none. */
  bytePairs: usize;
  /** The id of each byte, -1 where there is none. */
  byteIds: usize;
  /** Where merging goes from one character into the next: see crossings.ts. */
  crossings: usize;
  /** Bytes of all tokens, and where each starts: one more offset than there are tokens. */
  arena: usize;
  offsets: usize;
  size: u32;
  /** A byte for each token: 1 where it is special, so that text never makes it. */
  special: usize;
  /** Whether a piece that is a token is that token, however its merges go. */
  wholePiece: u32;
  /** Room that merging the longest piece at hand takes: see `mergeScratch` of merge.ts. */
  scratch: usize;
}
