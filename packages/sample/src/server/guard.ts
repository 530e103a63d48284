import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError } from "./errors.js";

/** Names of this machine that no other can have. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === "::1";
}

/** Refuses who does not show the key. @throws ApiError */
export function checkKey(headers: Headers, key: string | undefined): void {
  if (key === undefined) return;
  const [, shown] = /^Bearer +(.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (shown !== undefined && timingSafeEqual(digest(shown), digest(key))) return;
  const message = shown
    ? "this is not the server's key"
    : "send the server's key as authorization: Bearer ..";
  const hint = { "www-authenticate": "Bearer" };
  throw new ApiError(401, message, { type: "authentication_error", code: "invalid_api_key", headers: hint });
}

/**
 * Refuses requests that name another machine, where only this one is served: a page in a browser may have given its own name
 * this machine's address. @throws ApiError
 */
export function checkHost(url: string): void {
  const { hostname } = new URL(url);
  if (LOOPBACK.test(hostname)) return;
  throw new ApiError(403, `this server answers to localhost, not to ${hostname}`, {
    type: "permission_error",
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
