const MARKER = "// Output:\n";

/** The file of an example in two: its code, and the text of the `// Output:` comment that it ends in. */
export function splitOutput(source: string): { code: string; output: string } {
  const marker = source.lastIndexOf(MARKER);
  if (marker < 0) return { code: source, output: "" };
  return {
    code: `${source.slice(0, marker).trimEnd()}\n`,
    output: source
      .slice(marker + MARKER.length)
      .trimEnd()
      .replace(/^\/\/ ?/gm, ""),
  };
}
