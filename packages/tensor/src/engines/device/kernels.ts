import type { Kernels } from "../../engine.js";
import { KERNELS, type KernelName } from "../../kernels.js";
import { kernels as reference } from "../reference/kernels.js";
import { type HostAccess, onHost } from "./host.js";

/** Kernels as functions of the device and the arguments. */
export type KernelTable<On> = {
  readonly [Name in KernelName]: (on: On, args: Parameters<Kernels[Name]>[0]) => void;
};

type Kernel = (args: object) => void;

/**
 * Every kernel over a device. One that the table leaves out, or whose operations the device turns out to lack, runs on
 * the host with the kernel of `reference`, from then on; its name is added to `hostKernels`.
 */
export function deviceKernels<On extends HostAccess>(options: {
  on: On;
  table: Partial<KernelTable<On>>;
  /** Calls the kernel, with whatever the device wants around it. */
  run: (kernel: () => void) => void;
  /** Whether an error says that the device lacks an operation. */
  isMissing: (error: unknown) => boolean;
  hostKernels: Set<string>;
}): Kernels {
  const { on, table, run, isMissing, hostKernels } = options;
  const kernels = KERNELS.map((name) => {
    const kernel = table[name] as ((on: On, args: object) => void) | undefined;
    if (!kernel) hostKernels.add(name);
    const either: Kernel = (args) => {
      if (kernel && !hostKernels.has(name)) {
        try {
          return run(() => kernel(on, args));
        } catch (error) {
          if (!isMissing(error)) throw error;
          hostKernels.add(name);
        }
      }
      onHost(on, reference[name] as Kernel, args);
    };
    return [name, either];
  });
  return Object.fromEntries(kernels) as Kernels;
}
