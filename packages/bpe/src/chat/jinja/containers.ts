// Methods of lists and dicts. Those that change them are refused, as in transformers' sandbox.
import { TemplateError } from "../errors.js";
import { isEqual } from "./compare.js";
import { type Builtin, builtin, intOf } from "./signature.js";
import { Dict, DictView, None, type Value } from "./values.js";

export const LIST_METHODS: ReadonlyMap<string, Builtin<Value[]>> = new Map([
  ["copy", builtin<Value[]>("/", (_, list) => [...list])],
  [
    "count",
    builtin<Value[]>("/ value", (_, list, value) =>
      BigInt(list.filter((item) => isEqual(item, value!)).length),
    ),
  ],
  [
    "index",
    builtin<Value[]>("/ value start? stop?", (_, list, value, start, stop) => {
      const clamp = (at: number) => Math.max(0, at < 0 ? at + list.length : at);
      const from = clamp(intOf(start, 0));
      const to = clamp(intOf(stop, list.length));
      const at = list.findIndex((item, i) => i >= from && i < to && isEqual(item, value!));
      if (at < 0) throw new TemplateError("the item is not in the list");
      return BigInt(at);
    }),
  ],
]);

export const DICT_METHODS: ReadonlyMap<string, Builtin<Dict>> = new Map([
  ["get", builtin<Dict>("/ key default?", (_, dict, key, otherwise) => dict.get(key!) ?? otherwise ?? None)],
  ["keys", builtin<Dict>("/", (_, dict) => new DictView("keys", dict))],
  ["values", builtin<Dict>("/", (_, dict) => new DictView("values", dict))],
  ["items", builtin<Dict>("/", (_, dict) => new DictView("items", dict))],
  ["copy", builtin<Dict>("/", (_, dict) => new Dict(dict.entries()))],
]);

export const REFUSED: Readonly<Record<"list" | "dict", ReadonlySet<string>>> = {
  list: new Set(["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]),
  dict: new Set(["clear", "pop", "popitem", "setdefault", "update", "fromkeys"]),
};
