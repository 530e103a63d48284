// Python's str.format.
import { TemplateError } from "../../errors.js";
import type { Context } from "../context.js";
import { format } from "../format-spec.js";
import { print, represent } from "../print.js";
import { Text } from "../text.js";
import { Dict, type Named, Undefined, type Value } from "../values.js";

/** Where the fields of one call get their values from. */
interface Source {
  args: readonly Value[];
  value(name: string): Value | undefined;
  /** How many fields without a name there were; -1 once one has a number. */
  counted: number;
}

export function formatFields(cx: Context, text: Text, args: readonly Value[], named: Named): Text {
  return fill(cx, text, { args, value: (name) => named.get(name), counted: 0 }, 2);
}

function fill(cx: Context, text: Text, source: Source, levels: number): Text {
  if (levels === 0) throw new TemplateError("Max string recursion exceeded");
  const template = text.text;
  const parts: Text[] = [];
  const braces = /[{}]/g;
  for (let at = 0; at < template.length; ) {
    braces.lastIndex = at;
    const brace = braces.exec(template)?.index ?? template.length;
    if (brace > at) parts.push(text.slice(at, brace));
    if (brace === template.length) break;
    if (template[brace] === template[brace + 1]) {
      parts.push(text.slice(brace, brace + 1));
      at = brace + 2;
      continue;
    }
    if (template[brace] === "}") throw new TemplateError("Single '}' encountered in format string");
    const end = endOfField(template, brace);
    parts.push(field(cx, text.slice(brace + 1, end), source, levels));
    at = end + 1;
  }
  return Text.concat(parts);
}

function endOfField(template: string, start: number): number {
  let open = 0;
  for (let at = start; at < template.length; at++) {
    if (template[at] === "{") open++;
    else if (template[at] === "}" && --open === 0) return at;
  }
  throw new TemplateError("expected '}' before end of string");
}

function field(cx: Context, text: Text, source: Source, levels: number): Text {
  const found = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!([^:]*))?(:.*)?$/s.exec(text.text);
  if (!found) throw new TemplateError(`'${text.text}' is no field of a format string`);
  const [, path, conversion, spec = ""] = found;
  let value = lookUp(cx, path!, source);
  if (conversion === "r") value = represent(value);
  else if (conversion === "s") value = print(value);
  else if (conversion !== undefined)
    throw new TemplateError(`the conversion '!${conversion}' is not supported`);
  const specText =
    spec === "" ? "" : fill(cx, text.slice(text.text.length - spec.length + 1), source, levels - 1).text;
  return format(cx.work, value, specText);
}

function lookUp(cx: Context, path: string, source: Source): Value {
  const [, name, rest] = /^([^.[]*)(.*)$/s.exec(path)!;
  if (name === "" && rest !== "") throw new TemplateError("KeyError: ''");
  let value = first(name!, source);
  const steps = /^(?:\.([^.[]+)|\[([^\]]+)\])/;
  for (let left = rest!; left !== ""; ) {
    const step = steps.exec(left);
    if (!step) throw new TemplateError(`'${path}' is no field of a format string`);
    left = left.slice(step[0].length);
    value = step[2] === undefined ? cx.attribute(value, step[1]!) : itemAt(cx, value, step[2]);
  }
  return value;
}

/** Items alone: an attribute of that name is none. */
function itemAt(cx: Context, value: Value, key: string): Value {
  const isIndex = /^\d+$/.test(key);
  const item =
    isIndex || value instanceof Dict ? cx.item(value, isIndex ? BigInt(key) : Text.own(key)) : undefined;
  if (item === undefined || item instanceof Undefined) throw new TemplateError(`KeyError: '${key}'`);
  return item;
}

function first(name: string, source: Source): Value {
  if (name !== "" && !/^\d+$/.test(name)) {
    const value = source.value(name);
    if (value === undefined) throw new TemplateError(`KeyError: '${name}'`);
    return value;
  }
  if (name === "" ? source.counted < 0 : source.counted > 0) {
    throw new TemplateError("cannot switch between automatic field numbering and manual field specification");
  }
  const at = name === "" ? source.counted++ : Number(name);
  if (name !== "") source.counted = -1;
  const value = source.args[at];
  if (value === undefined)
    throw new TemplateError("Replacement index out of range for positional args tuple");
  return value;
}
