import picomatch from "picomatch";

/** What a pattern looks in, and what it takes there. */
export interface Pattern {
  /** The part before the first magic character, up to its last `/`; all of it where there is none. */
  readonly base: string;
  readonly isGlob: boolean;
  /**
   * Whether it takes this path, which begins with `base`. Without magic it takes the path itself and what is below it. Hidden files and
   * folders are passed over where the pattern does not name them.
   */
  accepts(path: string): boolean;
}

/** A pattern with `*`, `**`, `?`, `[a-z]` or `{a,b}`, or a plain path, with `/` between its parts. */
export function parsePattern(path: string): Pattern {
  const { base, isGlob } = picomatch.scan(path);
  if (isGlob) {
    const folder = base === "" || base.endsWith("/") ? base : `${base}/`;
    return { base: folder, isGlob, accepts: picomatch(path) };
  }
  const folder = path === "" || path.endsWith("/") ? path : `${path}/`;
  return {
    base: path,
    isGlob: false,
    accepts: (found) =>
      found === path || (found.startsWith(folder) && !/(?:^|\/)\./.test(found.slice(folder.length))),
  };
}
