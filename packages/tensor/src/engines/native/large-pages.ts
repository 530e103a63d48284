import type { Koffi } from "./koffi.js";

/** MADV_HUGEPAGE of Linux. */
const HUGE = 14;
/** What the addresses of WebAssembly reach. */
const REACH = 2 ** 32;

/**
 * Asks Linux for pages of 2 MB behind a memory that begins at this address, where it grows later too. In small pages a weight
 * is read at two thirds of the speed: finding the pages takes the rest. A system that has none stays with those it has.
 */
export function useLargePages(koffi: Koffi, base: number): void {
  const { process } = globalThis as { process?: { platform: string } };
  if (process?.platform !== "linux") return;
  koffi.load(null).func("int madvise(uintptr_t at, size_t size, int advice)")(base, REACH, HUGE);
}
