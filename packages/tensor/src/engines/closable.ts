import type { Engine } from "../engine.js";
import { EngineError } from "../errors.js";

/** An engine but for how it ends. */
export type OpenEngine = Omit<Engine, "closed" | "close">;

type Method = (...args: unknown[]) => unknown;

/**
 * Lets an engine be closed: then `release` is called, once, and the engine's own object is let go. Every other use is an
 * error from then on, except that freeing a buffer does nothing, so that tensors may be disposed of late.
 */
export function closable<Open extends OpenEngine>(
  engine: Open,
  release: () => void | Promise<void>,
): Open & Engine {
  let open: (Record<string, Method> & object) | null = engine as unknown as Record<string, Method>;
  let end = release;
  let closing: Promise<void> | null = null;
  const { name: engineName } = engine;
  const guarded = (name: string): Method => {
    const refuse = () =>
      new EngineError(
        `${name}: the engine "${engineName}" was closed. Choose one with useEngine, and make its tensors anew.`,
      );
    if (name === "free") return (buffer) => open?.[name]?.(buffer);
    if (name === "download") return async (buffer) => (open ? open[name]!(buffer) : Promise.reject(refuse()));
    // At most three arguments, see Storing and Kernels: the many small kernels of a decoded token are called through here.
    return (first, second, third) => {
      if (!open) throw refuse();
      return open[name]!(first, second, third);
    };
  };
  const members = Object.entries(engine).map(([name, member]) => [
    name,
    typeof member === "function" ? guarded(name) : member,
  ]);
  return Object.defineProperties(Object.fromEntries(members), {
    closed: { get: () => open === null, enumerable: true },
    close: {
      value: () => {
        open = null;
        closing ??= Promise.resolve(end());
        end = () => {};
        return closing;
      },
      enumerable: true,
      configurable: true,
      writable: true,
    },
  });
}
