import type { Kernels } from "../wasm/instance.js";
import { type Koffi, loadKoffi } from "./koffi.js";
import { THIN } from "./thin.js";

// CBLAS's numbers.
const ROW_MAJOR = 101;
const PLAIN = 111;
const TRANSPOSED = 112;

/** Columns of a stored weight come in so many. */
const COLUMNS = 16;

const SGEMM =
  "void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, uintptr_t a, int lda, uintptr_t b, int ldb, float beta, uintptr_t c, int ldc)";

/** Where a system's BLAS may be: what LLM_BLAS names, macOS's Accelerate, OpenBLAS. */
function places(platform: string): string[] {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  const named = process?.env["LLM_BLAS"];
  if (named) return [named];
  if (platform === "darwin") return ["/System/Library/Frameworks/Accelerate.framework/Accelerate"];
  if (platform === "win32") return ["libopenblas.dll"];
  return ["libopenblas.so.0"];
}

/** The first BLAS that can be loaded, or undefined. */
export function findBlas(koffi: string, platform: string): string | undefined {
  const { load } = loadKoffi(koffi);
  return places(platform).find((path) => {
    try {
      load(path).func(SGEMM);
      return true;
    } catch {
      return false;
    }
  });
}

/** `gemm` of assembly/gemm.ts by a BLAS; bias and activation are WebAssembly's. The BLAS itself is held to one thread. */
export function blasGemm(wasm: Kernels, base: number, koffi: Koffi, path: string): Kernels["gemm"] {
  const library = koffi.load(path);
  const sgemm = library.func(SGEMM);
  try {
    library.func("void openblas_set_num_threads(int threads)")(1);
  } catch {
    // Not OpenBLAS.
  }
  const scratchBytes = wasm.gemmScratch();
  return (...args) => {
    const [
      a,
      lda,
      transposeA,
      b,
      ldb,
      transposeB,
      c,
      ldc,
      m,
      n,
      k,
      accumulate,
      bias,
      activation,
      pre,
      residual,
      scratch,
      storage,
      scales,
    ] = args as number[];
    const [order, alpha, beta] = [ROW_MAJOR, 1, accumulate ? 1 : 0];
    const [ta, tb] = [transposeA, transposeB].map((transposed) => (transposed ? TRANSPOSED : PLAIN));
    const multiply = (from: number, stride: number, first: number, columns: number) => {
      const to = base + c! + first * 4;
      sgemm(order, ta, tb, m, columns, k, alpha, base + a!, lda, base + from, stride, beta, to, ldc);
    };
    if (storage) {
      // As many columns of B at a time as the scratch memory holds as floats.
      const most = Math.floor(scratchBytes / 4 / k! / COLUMNS) * COLUMNS;
      // Few rows are WebAssembly's, which widens as it multiplies.
      if (m! < THIN || most === 0) return wasm.gemm(...args);
      const size = 4 >> storage;
      for (let j = 0; j < n!; j += most) {
        const columns = Math.min(most, n! - j);
        const from = b! + j * size * (transposeB ? ldb! : 1);
        const [rows, numbers] = transposeB ? [columns, k!] : [k!, columns];
        wasm.widen(from, ldb! * size, scratch!, numbers * 4, rows, numbers, storage, scales!);
        multiply(scratch!, numbers, j, columns);
      }
    } else multiply(b!, ldb!, 0, n!);
    if (bias || activation || pre || residual) {
      wasm.epilogue(c!, ldc! * 4, m!, n!, bias!, activation!, pre!, residual!);
    }
  };
}
