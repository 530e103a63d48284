import type { Plugin } from "vite";

/**
 * The site's language identifier is eld's smallest table, which is the default. The larger ones, 8 MB of code, would be
 * parsed for every worker and bundle: here they are a module that says so.
 */
export function identifierTables(): Plugin {
  return {
    name: "identifier-tables",
    enforce: "pre",
    resolveId: (id) => (/^eld\/(small|medium|large)$/.test(id) ? `\0${id}` : undefined),
    load: (id) =>
      id.startsWith("\0eld/")
        ? `throw new RangeError("this site carries eld's table \\"extrasmall\\" alone: run the example in Node for another");\nexport const eld = {};`
        : undefined,
  };
}
