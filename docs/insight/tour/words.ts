import { counted } from "../counted.js";
import type { Facts } from "../facts.js";

const PLACE = /\{(\w+)(?::(%|\w+))?\}/g;

/** A sentence with its facts; undefined where one is not known. */
export function filled(words: string, facts: Facts): string | undefined {
  const names = [...words.matchAll(PLACE)].map(([, name]) => name!);
  if (names.some((name) => facts[name] === undefined)) return undefined;
  return words.replace(PLACE, (_, name: string, form?: string) => shown(facts[name]!, form));
}

function shown(fact: string | number, form: string | undefined): string {
  if (typeof fact === "string") return fact;
  if (form === "%") return `${(100 * fact).toFixed(1)}%`;
  if (form === undefined) return fact.toLocaleString("en");
  return /^\d$/.test(form) ? fact.toFixed(Number(form)) : counted(fact, form);
}
