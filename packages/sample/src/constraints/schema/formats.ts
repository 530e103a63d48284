const DAYS_31 = "(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])";
const DAYS_30 = "(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)";
const FEBRUARY = "02-(?:0[1-9]|1\\d|2[0-8])";
/** Years that four divides, but not a hundred, or that four hundred divides. */
const LEAP_YEAR = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const DATE = `(?:\\d{4}-(?:${DAYS_31}|${DAYS_30}|${FEBRUARY})|${LEAP_YEAR}-02-29)`;
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const WORD = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";

const DATE_PART = "(?:\\d+Y(?:\\d+M)?(?:\\d+D)?|\\d+M(?:\\d+D)?|\\d+D)";
const TIME_PART = "T(?:\\d+H(?:\\d+M)?(?:\\d+S)?|\\d+M(?:\\d+S)?|\\d+S)";
const SHORT_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;

const GROUP = "[0-9A-Fa-f]{1,4}";
const LAST = `(?:${GROUP}:${GROUP}|${IPV4})`;
const upTo = (groups: number) => (groups === 0 ? "" : `(?:(?:${GROUP}:){0,${groups - 1}}${GROUP})?`);
/** Eight groups, with "::" in the place of some (RFC 3986, 3.2.2). */
const IPV6 = [
  `(?:${GROUP}:){6}${LAST}`,
  ...[0, 1, 2, 3, 4, 5].map((groups) => `${upTo(groups)}::(?:${GROUP}:){${5 - groups}}${LAST}`),
  `${upTo(6)}::${GROUP}`,
  `${upTo(7)}::`,
].join("|");

/** Hosts, ports and paths that `new URL` takes too: no names of "xn--", no numbers that are no address. */
const HOST = `(?:(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\\.)*[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*|${IPV4})`;
const PORT = "(?::(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?";
const IN_PATH = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const USER = "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})+@)?";
const QUERY = `(?:\\?(?:${IN_PATH}|[/?])*)?(?:#(?:${IN_PATH}|[/?])*)?`;
const WEB = "(?:[Hh][Tt][Tt][Pp][Ss]?|[Ww][Ss][Ss]?|[Ff][Tt][Pp])";
const FILE = "[Ff][Ii][Ll][Ee]";
const URI = [
  `${WEB}://${USER}${HOST}${PORT}(?:/${IN_PATH}*)*${QUERY}`,
  `${FILE}://(?:/${IN_PATH}*)+${QUERY}`,
  `(?!(?:${WEB}|${FILE}):)[A-Za-z][A-Za-z0-9+.-]*:/?${IN_PATH}+(?:/${IN_PATH}*)*${QUERY}`,
].join("|");

/** Expressions of the formats that are supported. Dates and times are those of RFC 3339, without leap seconds. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  "date-time": `^${DATE}T${TIME}$`,
  duration: `^P(?:${DATE_PART}(?:${TIME_PART})?|${TIME_PART}|\\d+W)$`,
  uuid: "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
  ipv4: `^${IPV4}$`,
  ipv6: `^(?:${IPV6})$`,
  hostname: `^${SHORT_LABEL}(?:\\.${SHORT_LABEL})*$`,
  email: `^${WORD}(?:\\.${WORD})*@(?:${LABEL}\\.)+${LABEL}$`,
  uri: `^(?:${URI})$`,
};

/** The most characters of a text of a format. */
export const FORMAT_LENGTHS: Readonly<Record<string, number>> = { hostname: 253 };

/** Names that zod writes beside a pattern that says all that they mean: without one they are refused. */
export const PATTERN_FORMATS: ReadonlySet<string> = new Set([
  ...[
    "cuid",
    "cuid2",
    "ulid",
    "nanoid",
    "xid",
    "ksuid",
    "cidrv4",
    "cidrv6",
    "base64",
    "base64url",
    "e164",
    "emoji",
  ],
  ...["md5", "sha1", "sha256", "sha384", "sha512"].flatMap((hash) =>
    ["hex", "base64", "base64url"].map((coding) => `${hash}_${coding}`),
  ),
  ...["mac", "hex", "starts_with", "ends_with", "includes", "regex", "lowercase", "uppercase"],
]);
