/** A stop of the walk through the network. */
export interface Chapter {
  readonly title: string;
  /** Tensors that it is about, by the starts of their names; empty: all. */
  readonly about: readonly string[];
  /** How its operations follow each other when it is opened: one by one, or with a step for each layer. */
  readonly play: "yes" | "layers";
  /** Paragraphs. [[words|names]] is a link to the tensors of these names, [[words|@rows]] and [[words|@columns]] to an axis. */
  readonly prose: readonly Paragraph[];
  /** A tensor whose bend is drawn behind the prose, the first one of these that there is. */
  readonly bend?: readonly string[];
}

interface Paragraph {
  /** {C} is a number of the network: see `Numbers`. */
  readonly words: string;
  /** Stands only where the model has this tensor, or such numbers; "!" before it: only where it has not. */
  readonly where?: string | ((numbers: Numbers) => boolean);
}

/** A piece of a paragraph. */
export interface Piece {
  readonly words: string;
  /** Tensors, or an axis of those that the chapter is about. */
  readonly tensors?: readonly string[];
  readonly axis?: "rows" | "columns";
}

/** The numbers of a network that its prose names. */
interface Numbers {
  /** Positions, channels, tokens of the vocabulary, blocks. */
  readonly T: number;
  readonly C: number;
  readonly V: number;
  readonly L: number;
  /** Heads of queries, heads of keys, channels of a head. */
  readonly H: number;
  readonly K: number;
  readonly D: number;
  /** Channels of the MLP. */
  readonly M: number;
}

/** Reads them off a network's tensors. */
function numbersOf(shapes: ReadonlyMap<string, readonly number[]>): Numbers {
  const extent = (tensor: string, axis: number) => shapes.get(tensor)?.at(axis) ?? 0;
  const L = [...shapes.keys()].filter((name) => /^h\.\d+\.ln_1$/.test(name)).length;
  return {
    ...{ T: extent("embedding", -2), C: extent("embedding", -1), V: extent("wte.weight", -2), L },
    ...{ H: extent("h.0.attn.q", 1), K: extent("h.0.attn.k", 1), D: extent("h.0.attn.q", -1) },
    M: extent("h.0.mlp.c_proj.weight", -2),
  };
}

/** Whether a chapter is about this tensor: it, or what belongs to it. */
export function isAbout({ about }: Chapter, tensor: string): boolean {
  return about.length === 0 || about.some((name) => tensor === name || isPartOf(tensor, name));
}

/** "h.0.attn.q" has the part "h.0.attn.q_rotated", "h.0.ln_1" has "h.0.ln_1.mean"; "h.0.attn" alone has none that attention reads. */
function isPartOf(tensor: string, name: string): boolean {
  if (!tensor.startsWith(name)) return false;
  if (name === "h.0.attn") return false;
  return name.endsWith(".") || /^[._]/.test(tensor.slice(name.length));
}

/** The paragraphs of a chapter for a network whose tensors have these shapes, in pieces. */
export function proseOf({ prose }: Chapter, shapes: ReadonlyMap<string, readonly number[]>): Piece[][] {
  const numbers = numbersOf(shapes);
  const isHere = ({ where }: Paragraph) => {
    if (typeof where !== "string") return where?.(numbers) ?? true;
    return where.startsWith("!") ? !shapes.has(where.slice(1)) : shapes.has(where);
  };
  const filled = (words: string) =>
    words.replace(/\{(\w)\}/g, (_, name: keyof Numbers) => numbers[name].toLocaleString("en"));
  return prose.filter(isHere).map(({ words }) => pieces(filled(words), shapes));
}

function pieces(words: string, shapes: ReadonlyMap<string, readonly number[]>): Piece[] {
  return words.split(/(\[\[.*?\]\])/).map((part) => {
    const [, shown, names] = /^\[\[(.*)\|(.*)\]\]$/.exec(part) ?? [];
    if (names === undefined) return { words: part };
    if (names === "@rows" || names === "@columns") {
      return { words: shown!, axis: names === "@rows" ? ("rows" as const) : ("columns" as const) };
    }
    return { words: shown!, tensors: names.split(",").filter((name) => shapes.has(name)) };
  });
}
