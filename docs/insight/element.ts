type Child = Node | string | undefined | false;
type Properties<K extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[K], "style" | "dataset" | "attributes">
> & {
  /** Attributes, for those that are no properties. */
  attributes?: Readonly<Record<string, string>>;
};

/** An element of the page with its properties and what is inside. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties<K> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { attributes, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  for (const child of children) if (child) made.append(child);
  return made;
}
