// Python's pickle is a program for a small machine with a stack. Here it can do no more than build numbers, texts, lists and
// dictionaries: a name of Python is only looked up in a list, and what is called with it is decided by the caller.
import { WeightsError } from "../../errors.js";

/** What a pickle is made of. `Other` is what calls and references of the caller's give. */
export type Pickled<Other> =
  | number
  | string
  | boolean
  | null
  | Pickled<Other>[]
  | Map<number | string | boolean | null, Pickled<Other>>
  | Global
  | Other;

/** A name of Python, such as `collections.OrderedDict`. */
class Global {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What a pickle may name, and what that gives. */
export interface PickleHost<Other> {
  /** Whether the pickle may have this name. */
  knows(name: string): boolean;
  /** What a call gives. */
  call(name: string, args: readonly Pickled<Other>[]): Pickled<Other>;
  /** What an object outside the pickle is. */
  find(id: Pickled<Other>): Other;
}

/** Objects of a checkpoint are some ten a tensor. */
const MAX_OBJECTS = 1_000_000;

/**
 * Reads a pickle (protocols 2 to 5, of which only what torch.save writes).
 * @param file for messages
 * @throws {WeightsError} for a name or an operation that a checkpoint does not have, by name
 */
export function unpickle<Other>(bytes: Uint8Array, host: PickleHost<Other>, file: string): Pickled<Other> {
  type Value = Pickled<Other>;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memo = new Map<number, Value>();
  const stacks: Value[][] = [[]];
  let at = 0;
  let objects = 0;

  const fail = (why: string) => new WeightsError(`${file} cannot be read as a checkpoint: ${why}`);
  const take = (length: number): number => {
    if (at + length > bytes.length) throw fail("its pickle ends too early; was it cut short?");
    at += length;
    return at - length;
  };
  const top = () => stacks.at(-1)!;
  const pop = (): Value => {
    const value = top().pop();
    if (value === undefined) throw fail(`its pickle takes from an empty stack at byte ${at}`);
    return value;
  };
  const peek = (): Value => {
    const value = top().at(-1);
    if (value === undefined) throw fail(`its pickle takes from an empty stack at byte ${at}`);
    return value;
  };
  const count = () => {
    if (++objects > MAX_OBJECTS) throw fail(`its pickle has more than ${MAX_OBJECTS} objects`);
  };
  const push = (value: Value) => {
    count();
    top().push(value);
  };
  const keep = (index: number) => {
    count();
    memo.set(index, peek());
  };
  const popToMark = (): Value[] => {
    if (stacks.length === 1) throw fail(`its pickle goes back to a mark that is not there at byte ${at}`);
    return stacks.pop()!;
  };
  const tuple = (length: number) => {
    const values = Array.from({ length }, pop).reverse();
    push(values);
  };
  const text = (length: number) => new TextDecoder().decode(bytes.subarray(take(length), at));
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw fail("its pickle ends too early; was it cut short?");
    const words = text(end - at);
    at++;
    return words;
  };
  const recall = (index: number) => {
    const value = memo.get(index);
    if (value === undefined) throw fail(`its pickle recalls something that it has not kept at byte ${at}`);
    push(value);
  };
  const put = (pairs: readonly Value[]) => {
    const into = peek();
    if (!(into instanceof Map) || pairs.length % 2 !== 0)
      throw fail(`a dictionary was expected at byte ${at}`);
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i]!;
      if (typeof key === "object" && key !== null)
        throw fail(`a dictionary has a key that is no text or number`);
      into.set(key as string, pairs[i + 1]!);
    }
  };
  const append = (values: readonly Value[]) => {
    const into = peek();
    if (!Array.isArray(into)) throw fail(`a list was expected at byte ${at}`);
    for (const value of values) into.push(value);
  };
  const name = (module: string, name: string) => {
    const full = `${module}.${name}`;
    if (!host.knows(full)) {
      throw fail(`it names ${full}, which no checkpoint of weights needs. Nothing of it was run`);
    }
    push(new Global(full));
  };
  const long = (length: number) => {
    if (length > 8) throw fail(`it has a whole number of ${length} bytes`);
    const from = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
    push(Number(BigInt.asIntN(8 * length, value)));
  };

  const operations: Readonly<Record<number, () => void>> = {
    [0x80]: () => void take(1), // PROTO
    [0x95]: () => void take(8), // FRAME
    [code("(")]: () => {
      count();
      stacks.push([]);
    },
    [code("0")]: () => void pop(),
    [code("1")]: () => void popToMark(),
    [code("2")]: () => push(peek()),
    [code("N")]: () => push(null),
    [0x88]: () => push(true),
    [0x89]: () => push(false),
    [code("J")]: () => push(view.getInt32(take(4), true)),
    [code("K")]: () => push(bytes[take(1)]!),
    [code("M")]: () => push(view.getUint16(take(2), true)),
    [0x8a]: () => long(bytes[take(1)]!),
    [code("G")]: () => push(view.getFloat64(take(8))),
    [code("X")]: () => push(text(view.getUint32(take(4), true))),
    [0x8c]: () => push(text(bytes[take(1)]!)),
    [code("U")]: () => push(text(bytes[take(1)]!)),
    [code("T")]: () => push(text(view.getUint32(take(4), true))),
    [code("]")]: () => push([]),
    [code(")")]: () => push([]),
    [code("}")]: () => push(new Map()),
    [code("t")]: () => {
      const values = popToMark();
      push(values);
    },
    [code("l")]: () => {
      const values = popToMark();
      push(values);
    },
    [0x85]: () => tuple(1),
    [0x86]: () => tuple(2),
    [0x87]: () => tuple(3),
    [code("a")]: () => {
      const value = pop();
      append([value]);
    },
    [code("e")]: () => append(popToMark()),
    [code("s")]: () => {
      const [value, key] = [pop(), pop()];
      put([key, value]);
    },
    [code("u")]: () => put(popToMark()),
    [code("q")]: () => keep(bytes[take(1)]!),
    [code("r")]: () => keep(view.getUint32(take(4), true)),
    [0x94]: () => keep(memo.size),
    [code("h")]: () => recall(bytes[take(1)]!),
    [code("j")]: () => recall(view.getUint32(take(4), true)),
    [code("c")]: () => name(line(), line()),
    [0x93]: () => {
      const [attribute, module] = [pop(), pop()];
      name(String(module), String(attribute));
    },
    [code("Q")]: () => push(host.find(pop())),
    [code("R")]: () => {
      const [args, called] = [pop(), pop()];
      if (!(called instanceof Global) || !Array.isArray(args))
        throw fail("it calls something that has no name");
      push(host.call(called.name, args));
    },
    [code("b")]: () => {
      pop(); // attributes that a dictionary has, such as its version
      if (!(peek() instanceof Map)) throw fail("it sets attributes of something that is no dictionary");
    },
  };

  for (;;) {
    const operation = bytes[take(1)]!;
    if (operation === code(".")) {
      const result = pop();
      return result;
    }
    const run = operations[operation];
    if (!run) {
      throw fail(`its pickle has the operation 0x${operation.toString(16)}, which torch.save does not write`);
    }
    run();
  }
}

function code(character: string): number {
  return character.charCodeAt(0);
}
