// The system's MPI, called through koffi. MPI's C functions are the same everywhere, its constants are not: in Open MPI they are
// addresses of symbols, in MPICH and what descends from it they are numbers.
import { createRequire } from "node:module";
import process from "node:process";

/** MPI cannot be used. */
export class MpiError extends Error {
  override readonly name = "MpiError";
}

type Native = (...args: unknown[]) => number;

/** What is used of koffi, which calls native functions. */
interface Koffi {
  load(
    path: string,
    options: { global: boolean },
  ): { func(prototype: string): Native; symbol(name: string): unknown };
}

type Library = ReturnType<Koffi["load"]>;

/** MPI's functions and constants, of one library. */
export interface Mpi {
  /** Name and version, as the library gives them. */
  readonly version: string;
  readonly functions: Readonly<Record<keyof typeof FUNCTIONS, Native>>;
  readonly constants: Readonly<Record<"world" | "float" | "double" | "sum" | "inPlace" | "ignore", unknown>>;
}

/** `H` stands for a handle: communicator, type or operation. */
const FUNCTIONS = {
  initThread: "int MPI_Init_thread(void *argc, void *argv, int required, _Out_ int *provided)",
  rank: "int MPI_Comm_rank(H world, _Out_ int *rank)",
  size: "int MPI_Comm_size(H world, _Out_ int *size)",
  sum: "int MPI_Iallreduce(intptr_t from, void *to, int count, H type, H operation, H world, void *request)",
  test: "int MPI_Test(void *request, _Out_ int *isDone, intptr_t status)",
  abort: "int MPI_Abort(H world, int code)",
  finalize: "int MPI_Finalize()",
};

const VERSION = "int MPI_Get_library_version(void *text, _Out_ int *length)";
/** Bytes, the most that any library writes. */
const LONGEST_VERSION = 8192;

/** Who started this process, told by the environment, and how many of them. */
export function launcher(env: NodeJS.ProcessEnv = process.env): { name: string; world: number } | undefined {
  for (const [name, variable] of [
    ["Open MPI's mpirun", "OMPI_COMM_WORLD_SIZE"],
    ["MPICH's mpiexec or another that speaks PMI", "PMI_SIZE"],
    ["srun", "SLURM_STEP_NUM_TASKS"],
  ] as const) {
    const world = Number(env[variable]);
    if (world >= 1) return { name, world };
  }
  return undefined;
}

/** File names of a library by platform, those of the launcher's own MPI first. */
function candidates(): string[] {
  const named = process.env["LLM_MPI"];
  if (named) return [named];
  if (process.platform === "darwin") {
    return [
      "libmpi.dylib",
      "libmpi.12.dylib",
      "/opt/homebrew/lib/libmpi.dylib",
      "/usr/local/lib/libmpi.dylib",
    ];
  }
  const open = ["libmpi.so.40"];
  const mpich = ["libmpich.so.12", "libmpi.so.12"];
  const isMpich = process.env["PMI_SIZE"] !== undefined && process.env["OMPI_COMM_WORLD_SIZE"] === undefined;
  return [...(isMpich ? [...mpich, ...open] : [...open, ...mpich]), "libmpi.so"];
}

/** @throws {MpiError} when there is none, or it is not known */
export function loadMpi(path?: string): Mpi {
  // UCX, which carries the messages of many builds, rewrites the C library's memory functions while V8's threads run in them,
  // and takes SIGSEGV, which V8 needs for WebAssembly. It reads these when it is loaded.
  process.env["UCX_MEM_EVENTS"] ??= "no";
  process.env["UCX_ERROR_SIGNALS"] ??= "";
  const koffi = loadKoffi();
  const tried = path === undefined ? candidates() : [path];
  for (const name of tried) {
    let library: Library;
    try {
      // Its plug-ins look for its symbols.
      library = koffi.load(name, { global: true });
    } catch {
      continue;
    }
    return bind(library, name);
  }
  throw new MpiError(
    `no MPI library was found (looked for ${tried.join(", ")}); install one, on Debian and Ubuntu with \`apt-get install openmpi-bin\`, on macOS with \`brew install open-mpi\`, or set LLM_MPI to its path`,
  );
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    throw new MpiError("koffi, which calls MPI, cannot be loaded; install it with `npm install koffi`", {
      cause: error,
    });
  }
}

function bind(library: Library, name: string): Mpi {
  const version = versionOf(library, name);
  const isOpen = /^Open MPI/i.test(version);
  // MPICH, Intel MPI, MVAPICH and Cray MPICH have had one binary interface since 2013, and MPI 5 brings one for all.
  if (!isOpen && !/MPICH|Intel\(R\) MPI/i.test(version)) {
    throw new MpiError(
      `"${name}" is ${version.slice(0, 80)}, whose constants are not known here; use Open MPI 4 or 5, or MPICH`,
    );
  }
  if (!isOpen && process.env["OMPI_COMM_WORLD_SIZE"] && !process.env["PMI_SIZE"]) {
    // Its MPI_Init would end the process with words of its own.
    throw new MpiError(
      `Open MPI's mpirun started this process, but "${name}" is ${version}: launcher and library must be of the same MPI; set LLM_MPI to Open MPI's library, or use MPICH's mpiexec`,
    );
  }
  const isStandard = hasStandardInterface(library);
  const handle = isOpen || isStandard ? "void *" : "int ";
  const functions = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([key, prototype]) => [
      key,
      library.func(prototype.replaceAll("H ", handle)),
    ]),
  ) as Mpi["functions"];
  const constants = isStandard
    ? STANDARD
    : isOpen
      ? {
          world: library.symbol("ompi_mpi_comm_world"),
          float: library.symbol("ompi_mpi_float"),
          double: library.symbol("ompi_mpi_double"),
          sum: library.symbol("ompi_mpi_op_sum"),
          inPlace: 1,
          ignore: 0,
        }
      : {
          world: 0x44000000,
          float: 0x4c00040a,
          double: 0x4c00080b,
          sum: 0x58000003,
          inPlace: -1,
          ignore: 1,
        };
  return { version, functions, constants };
}

/** Constants of the binary interface that MPI 5 defines (appendix A), as `libmpi_abi.so` has it. */
const STANDARD = { world: 0x101, float: 0x210, double: 0x214, sum: 0x21, inPlace: 1, ignore: 0 };

function hasStandardInterface(library: Library): boolean {
  const major = [0];
  try {
    library.func("int MPI_Abi_get_version(_Out_ int *major, _Out_ int *minor)")(major, [0]);
  } catch {
    return false; // older than MPI 5
  }
  return major[0]! > 0;
}

function versionOf(library: Library, name: string): string {
  const text = new Uint8Array(LONGEST_VERSION);
  const length = [0];
  try {
    library.func(VERSION)(text, length);
  } catch (error) {
    throw new MpiError(`"${name}" is no MPI of version 3 or later: it has no MPI_Get_library_version`, {
      cause: error,
    });
  }
  return new TextDecoder()
    .decode(text.subarray(0, length[0]))
    .replace(/\0.*$/s, "")
    .split("\n", 1)[0]!
    .replace(/\s+/g, " ");
}
