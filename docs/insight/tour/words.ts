import { counted } from "../counted.js";
import type { Facts } from "../facts.js";
import { thousands } from "../thousands.js";

const PLACE = /\{(\w+)(?::(%|\w+))?\}/g;

/** A sentence with its facts; undefined where one is not known. */
function filled(words: string, facts: Facts): string | undefined {
  const names = [...words.matchAll(PLACE)].map(([, name]) => name!);
  if (names.some((name) => facts[name] === undefined)) return undefined;
  return words.replace(PLACE, (_, name: string, form?: string) => shown(facts[name]!, form));
}

function shown(fact: string | number, form: string | undefined): string {
  if (typeof fact === "string") return fact;
  if (form === "%") return `${(100 * fact).toFixed(1)}%`;
  if (form === undefined) return thousands(fact);
  return /^\d$/.test(form) ? fact.toFixed(Number(form)) : counted(fact, form);
}

const KEY = / \(([<>a-z]|Space)\)/;

/** A sentence with its facts: text, and between two texts the key of a button that is named. Undefined where a fact is not known. */
export function told(words: string, facts: Facts): readonly string[] | undefined {
  // A fact may have brackets of its own.
  const parts = words.split(KEY).map((part) => filled(part, facts));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
