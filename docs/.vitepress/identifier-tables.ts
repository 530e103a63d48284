/**
 * A plugin for Vite. The site's language identifier is eld's smallest table, which is the default. The larger ones, 8 MB of code,
 * would be parsed for every worker and bundle: here they are a module that says so.
 */
export const identifierTables = {
  name: "identifier-tables",
  enforce: "pre",
  resolveId: (id: string) => (/^eld\/(small|medium|large)$/.test(id) ? `\0${id}` : undefined),
  load: (id: string) =>
    id.startsWith("\0eld/")
      ? `throw new RangeError("This site carries the smallest of eld's tables alone: run the example in Node for another");\nexport const eld = {};`
      : undefined,
} as const;
