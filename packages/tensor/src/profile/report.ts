import type { KernelCall } from "./recorder.js";

/** What all calls of one kernel took. */
export interface KernelProfile {
  /** The engine's method, such as "gemm". */
  readonly kernel: string;
  readonly calls: number;
  /** In milliseconds, as are the shortest and the longest call. */
  readonly total: number;
  readonly min: number;
  readonly max: number;
  /** Floating-point operations, for products and attention. */
  readonly flops?: number;
  /** 1e9 operations a second, where `flops` is known. */
  readonly gflops?: number;
  /** What was allocated between the kernel before and this one, as a rule for its results, over all calls. */
  readonly allocatedBytes: number;
}

/** What was measured of one run. */
export interface Measurements {
  readonly engine: string;
  readonly device: string;
  /** Wall time in milliseconds, kernels and everything else. */
  readonly total: number;
  /** The most expensive first. */
  readonly kernels: readonly KernelProfile[];
  /** What the engine held at the start, at most and at the end, and all that was allocated in between. */
  readonly memory: {
    readonly startBytes: number;
    readonly peakBytes: number;
    readonly endBytes: number;
    readonly allocatedBytes: number;
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** A line about the whole, then a row for each kernel, numbers flush right. */
export function table({ engine, device, total, kernels, memory }: Measurements): string {
  const inside = kernels.reduce((sum, kernel) => sum + kernel.total, 0);
  const head = [
    "kernel",
    "calls",
    "total ms",
    "share",
    "mean ms",
    "min ms",
    "max ms",
    "GFLOP/s",
    "allocated MB",
  ];
  const rows = kernels.map((each) => [
    each.kernel,
    String(each.calls),
    each.total.toFixed(2),
    `${((100 * each.total) / total).toFixed(1)}%`,
    (each.total / each.calls).toFixed(3),
    each.min.toFixed(3),
    each.max.toFixed(3),
    each.gflops?.toFixed(1) ?? "",
    megabytes(each.allocatedBytes),
  ]);
  const widths = head.map((title, i) => Math.max(...[head, ...rows].map((row) => (row[i] ?? title).length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return [
    `${engine} (${device}): ${total.toFixed(2)} ms, of which ${inside.toFixed(2)} ms in the engine`,
    `memory: ${megabytes(memory.startBytes)} MB at the start, ${megabytes(memory.peakBytes)} MB at most, ${megabytes(memory.endBytes)} MB at the end; ${megabytes(memory.allocatedBytes)} MB allocated`,
    "",
    line(head),
    ...rows.map(line),
  ].join("\n");
}

/**
 * Complete events ("X") in microseconds, one a call, and a counter ("C") of the memory, in the Trace Event Format.
 * What was waited for has a row of its own, since other calls may run meanwhile.
 */
export function chromeTrace({ engine, device }: Measurements, calls: readonly KernelCall[]): string {
  const pid = 1;
  const name = (event: string, tid: number, value: string) => ({
    ph: "M",
    pid,
    tid,
    name: event,
    args: { name: value },
  });
  return JSON.stringify({
    displayTimeUnit: "ms",
    traceEvents: [
      name("process_name", 1, `${engine} (${device})`),
      name("thread_name", 1, "kernels"),
      name("thread_name", 2, "waiting"),
      ...calls.flatMap(({ kernel, start, milliseconds, memoryBytes, args, waited }) => [
        {
          ph: "X",
          pid,
          tid: waited ? 2 : 1,
          cat: "kernel",
          name: kernel,
          ts: 1000 * start,
          dur: 1000 * milliseconds,
          args,
        },
        { ph: "C", pid, name: "memory", ts: 1000 * (start + milliseconds), args: { bytes: memoryBytes } },
      ]),
    ],
  });
}
