/**
 * The file beside which optional packages are looked for: this one; the program's, where a bundle has no `import.meta.url`
 * (CommonJS); undefined where there is neither.
 */
export function searchFrom(): string | undefined {
  const { process } = globalThis as { process?: { argv?: readonly (string | undefined)[] } };
  return (import.meta.url as string | undefined) ?? process?.argv?.[1];
}
