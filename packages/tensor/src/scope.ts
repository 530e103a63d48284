interface Freeable {
  dispose(): void;
}

interface Scope {
  readonly id: number;
  readonly made: Set<Freeable>;
}

let nextId = 0;
const open: Scope[] = [];

/** The scope that will free it. Few are open at a time, so that looking is cheaper than a table of tensors. */
function holderOf(value: Freeable): Scope | undefined {
  for (let i = open.length - 1; i >= 0; i--) if (open[i]!.made.has(value)) return open[i];
  return undefined;
}

/** Hands a fresh tensor to the innermost scope; outside every scope its maker frees it. */
export function register(value: Freeable): void {
  open.at(-1)?.made.add(value);
}

/** Forgets a tensor that was freed by hand. */
export function unregister(value: Freeable): void {
  holderOf(value)?.made.delete(value);
}

/** The tensors inside a result: arrays, plain objects, Maps and Sets are looked through. */
function* within(value: unknown, seen = new Set<unknown>()): Generator<Freeable> {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (holderOf(value as Freeable)) {
    yield value as Freeable;
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) yield* within(item, seen);
  } else if (value instanceof Map) {
    for (const item of value.values()) yield* within(item, seen);
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const item of Object.values(value)) yield* within(item, seen);
    }
  }
}

function close(scope: Scope, result: unknown): void {
  const index = open.indexOf(scope);
  const parent = open[index - 1];
  for (const kept of within(result)) {
    const holder = holderOf(kept)!;
    if (holder.id < scope.id) continue; // made outside: not ours to move
    holder.made.delete(kept);
    parent?.made.add(kept);
  }
  open.splice(index, 1);
  for (const value of scope.made) value.dispose();
}

/**
 * Takes a tensor out of every scope: it lives until `dispose`. For what outlives an async scope that others may have opened,
 * such as the state of work that rests between its steps.
 */
export function keep<T extends Freeable>(tensor: T): T {
  unregister(tensor);
  return tensor;
}

/**
 * Runs `fn` and frees every tensor made inside, except those it returns (also inside arrays, plain objects,
 * Maps and Sets) and except Parameters. `fn` may be async; the scope then ends when its promise settles.
 * Async scopes should nest rather than overlap in time: a tensor belongs to the scope opened last.
 */
export function scope<T>(fn: () => T): T {
  const current: Scope = { id: nextId++, made: new Set() };
  open.push(current);
  let result: T;
  try {
    result = fn();
  } catch (error) {
    close(current, undefined);
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        close(current, value);
        return value;
      },
      (error) => {
        close(current, undefined);
        throw error;
      },
    ) as T;
  }
  close(current, result);
  return result;
}
