import type { Kinds } from "@llm/platform/options";
import { check } from "./check.js";
import { rewrite, type Step } from "./step.js";

/** Options of `pii`. */
export interface PiiOptions {
  /** Default true. */
  emails?: boolean;
  /** Default true. */
  addresses?: boolean;
  /** Whether e-mail addresses may hold upper-case letters; datatrove 0.2 leaves those alone. Default true. */
  upperCaseEmails?: boolean;
  /** Whether to leave private and reserved IP addresses alone. Default true. */
  onlyPublicAddresses?: boolean;
  /** What e-mail addresses become, in turn. */
  emailReplacements?: readonly string[];
  /** What IP addresses become, in turn. By default six that answered no one when FineWeb was made. */
  addressReplacements?: readonly string[];
}

const EMAILS = ["email@example.com", "firstname.lastname@example.org"];
const ADDRESSES = [
  "22.214.171.124",
  "126.96.36.199",
  "188.8.131.52",
  "184.108.40.206",
  "220.127.116.11",
  "18.104.22.168",
];

const OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)";
const ADDRESS = new RegExp(`(?:${OCTET}\\.){3}${OCTET}`, "g");

const WORD = "[\\p{L}\\p{N}_]";
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const EMAIL = emailPattern("A-Za-z");
const LOWER_CASE_EMAIL = emailPattern("a-z");

function emailPattern(letters: string): RegExp {
  const atom = `[${letters}0-9!#$%&'*+\\/=?^_\`\\{\\|\\}~\\-]+`;
  const label = `[${letters}0-9](?:[${letters}0-9\\-]*[${letters}0-9])?`;
  const literal = `\\[(?:${OCTET}\\.){3}(?:${OCTET}|[${letters}0-9\\-]*[${letters}0-9]:)\\]`;
  return new RegExp(`${BOUNDARY}${atom}(?:\\.${atom})*@(?:(?:${label}\\.)+${label}|${literal})`, "gu");
}

const PII: Kinds<PiiOptions> = {
  emails: "boolean",
  addresses: "boolean",
  upperCaseEmails: "boolean",
  onlyPublicAddresses: "boolean",
  emailReplacements: "array",
  addressReplacements: "array",
};

/**
 * Replaces e-mail and public IPv4 addresses, finding them as datatrove 0.10 does. Replacements are taken in turn, starting
 * anew with every document: there they go on from document to document, and the output depends on the order.
 */
export function pii(options: PiiOptions = {}): Step {
  check("pii", options, PII);
  const {
    emails = true,
    addresses = true,
    upperCaseEmails = true,
    onlyPublicAddresses = true,
    emailReplacements = EMAILS,
    addressReplacements = ADDRESSES,
  } = options;
  const email = upperCaseEmails ? EMAIL : LOWER_CASE_EMAIL;
  return rewrite("pii", (document) => {
    let { text } = document;
    if (emails && text.includes("@")) text = replace(text, email, emailReplacements, () => true);
    if (addresses) {
      text = replace(text, ADDRESS, addressReplacements, (address) =>
        isAddress(address, onlyPublicAddresses),
      );
    }
    return text === document.text ? document : { ...document, text };
  });
}

function replace(
  text: string,
  pattern: RegExp,
  replacements: readonly string[],
  applies: (found: string) => boolean,
): string {
  let turn = 0;
  return text.replace(pattern, (found) =>
    applies(found) ? replacements[turn++ % replacements.length]! : found,
  );
}

/** Ranges that are not reachable from everywhere (IANA's registry of special-purpose addresses), with the length of their prefix. */
const RESERVED: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 29],
  ["192.0.0.170", 31],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["240.0.0.0", 4],
];

/** A leading zero (`010`) could mean octal, so what has one is no address. */
function isAddress(text: string, onlyPublic: boolean): boolean {
  if (text.split(".").some((octet) => octet.length > 1 && octet[0] === "0")) return false;
  if (!onlyPublic) return true;
  const address = numberOf(text);
  return !RESERVED.some(([range, bits]) => (address ^ numberOf(range)) >>> (32 - bits) === 0);
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, octet) => (number << 8) | Number(octet), 0);
}
