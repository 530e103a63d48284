/** Attributes of a tag that are of use. All objects of them have one shape, whatever a tag has: reading them is fast then. */
export class TagAttributes {
  id: string | undefined = undefined;
  class: string | undefined = undefined;
  role: string | undefined = undefined;
  itemprop: string | undefined = undefined;
  style: string | undefined = undefined;
  hidden: string | undefined = undefined;
  "aria-hidden": string | undefined = undefined;
  href: string | undefined = undefined;
  rel: string | undefined = undefined;
  name: string | undefined = undefined;
  property: string | undefined = undefined;
  "http-equiv": string | undefined = undefined;
  content: string | undefined = undefined;
  datetime: string | undefined = undefined;
  lang: string | undefined = undefined;
  type: string | undefined = undefined;
  color: string | undefined = undefined;
  face: string | undefined = undefined;
  size: string | undefined = undefined;
  encoding: string | undefined = undefined;
}

/** As they are read; what is not there is undefined. */
export type Attributes = Readonly<TagAttributes>;
export type AttributeName = keyof Attributes;

/** Those of a tag without any, which nobody writes to. */
export const noAttributes: Attributes = new TagAttributes();

const names = Object.keys(noAttributes) as AttributeName[];
/** The names by first letter and length: most others differ in them, and need not be looked up. */
const shapes: AttributeName[][] = Array.from({ length: 1024 }, () => []);
for (const name of names) shapes[shapeOf(name.charCodeAt(0), name.length)]!.push(name);

function shapeOf(first: number, length: number): number {
  return ((first & 31) << 5) | Math.min(length, 31);
}

/** The name of an attribute in a tag, where it is of use. */
export function attributeName(html: string, start: number, end: number): AttributeName | undefined {
  const alike = shapes[shapeOf(html.charCodeAt(start), end - start)]!;
  if (alike.length === 0) return undefined;
  for (const name of alike) if (html.startsWith(name, start)) return name;
  const written = html.slice(start, end).toLowerCase();
  return alike.find((name) => name === written);
}

/** The attributes of the first and, of names that it lacks, of the second. */
export function mergeAttributes(first: Attributes, second: Attributes): Attributes {
  const merged = new TagAttributes();
  for (const name of names) merged[name] = first[name] ?? second[name];
  return merged;
}
