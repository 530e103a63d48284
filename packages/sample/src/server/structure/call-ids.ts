import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { CallForm } from "./call-form.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The id of a new call. */
export function newCallId({ idLength }: CallForm): string {
  return idLength === undefined ? `call_${randomUUID()}` : lettersOf(randomBytes(idLength));
}

/** An id as the form wants it, whoever made it: the same one each time. */
export function callIdFor({ idLength }: CallForm, id: string): string {
  if (idLength === undefined || (id.length === idLength && /^[A-Za-z0-9]+$/.test(id))) return id;
  return lettersOf(createHash("sha256").update(id).digest().subarray(0, idLength));
}

function lettersOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}
