import { counted } from "../../counted.js";
import type { Operation } from "../../flow/operations.js";
import { ALIKE } from "../../scene/layout.js";
import { thousands } from "../../thousands.js";

/** A stop of the walk through the network. */
export interface Chapter {
  readonly title: string;
  /** In the list of chapters, where the title is too long for it. */
  readonly short?: string;
  /** Tensors that it is about, by the starts of their names; empty: all. */
  readonly about: readonly string[];
  /** How its operations follow each other when it is opened: one by one, or with a step for each layer. */
  readonly play: "yes" | "layers";
  /**
   * Paragraphs. [[words|names]] is a link to the tensors of these names, [[words|@rows]] and [[words|@columns]] to an axis, and
   * [[words|@sizes]] to all sizes side by side.
   */
  readonly prose: readonly Paragraph[];
  /** A tensor whose bend is drawn beside the phase about it, the first one of these that there is. */
  readonly bend?: readonly string[];
}

interface Paragraph {
  /** {C} is a number of the network, see `Facts`; {L block} so many of these, "1 block" or "2 blocks". */
  readonly words: string;
  /** Stands only where the model has these tensors, or such facts hold; "!" before one: only where it has not. */
  readonly where?: string | readonly string[] | ((facts: Facts) => boolean);
  /** Tensors that it is about, as a chapter's, `STREAM` or `SCORED`; as usual those that its links name. */
  readonly about?: readonly string[];
  readonly row?: Rows;
}

/**
 * Rows that are framed: the last, or of all as much as a token can see, where a cell of the first row stands for all, or those
 * that the tokens pick of their table.
 */
export type Rows = "last" | "growing" | "picked";

/** What runs through all blocks, and each part of one adds to. */
export const STREAM = "@stream";
const IN_STREAM = /^embedding$|\.(mix(\.residual)?|residual_\d)$/;

/** Of what is read about, what the stream runs through. */
export const streamIn = (about: readonly string[]): ReadonlySet<string> =>
  new Set(about.filter((name) => IN_STREAM.test(name)));

/** Queries and keys of the first block as scores are made of them: where they are turned, turned. */
export const SCORED = "@scored";

/** A piece of a paragraph. */
export interface Piece {
  readonly words: string;
  /** Tensors, or an axis of those that are read about, or another picture. */
  readonly tensors?: readonly string[];
  readonly axis?: "rows" | "columns";
  readonly picture?: "sizes";
}

/** A paragraph for a network. */
interface Read {
  readonly pieces: readonly Piece[];
  /** undefined: about no tensor more than the chapter is. */
  readonly about: readonly string[] | undefined;
  readonly row: Paragraph["row"];
}

/** The network that is drawn. */
export interface Drawn {
  /** Of its tensors. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** How many blocks it has, where it is only a shape, without weights and a text, of which some blocks are drawn. */
  readonly layers?: number | undefined;
  /** Whether it sorts letters, or has the shape of what does. */
  readonly isSorter?: boolean;
}

/** What the prose says of a network. */
interface Facts {
  /** Positions, channels, tokens of the vocabulary, blocks, and how many of them are drawn. */
  readonly T: number;
  readonly C: number;
  readonly V: number;
  readonly L: number;
  readonly S: number;
  /** The last block that is drawn, and the one before it, where there is one. */
  readonly last: number;
  readonly previous: number;
  /** Heads of queries, heads of keys, heads of queries that share one of keys, channels of a head. */
  readonly H: number;
  readonly K: number;
  readonly G: number;
  readonly D: number;
  /** How many positions a token of the first block sees, where they are fewer than there may be before it; 0: all. */
  readonly N: number;
  /** Whether scores are divided by the root of D. */
  readonly isByRoot: boolean;
  /** Channels of the MLP, and how many its first matrix makes: where it has a gate, as many again for that. */
  readonly M: number;
  readonly W: number;
  /** Without weights, and without a text. */
  readonly isShape: boolean;
  /** As of what is drawn. */
  readonly isSorter: boolean;
  /** How lengths are drawn. */
  readonly scale: string;
}

/** Reads them off a network's tensors. */
function factsOf({ shapes, layers, isSorter = false }: Drawn, operations: readonly Operation[]): Facts {
  const extent = (tensor: string, axis: number) => shapes.get(tensor)?.at(axis) ?? 0;
  const S = [...shapes.keys()].filter((name) => /^h\.\d+\.ln_1$/.test(name)).length;
  const L = layers ?? S;
  const [T, C, V] = [extent("embedding", -2), extent("embedding", -1), extent("wte.weight", -2)];
  const [H, K, D] = [extent("h.0.attn.q", 1), extent("h.0.attn.k", 1), extent("h.0.attn.q", -1)];
  const cellOf = (tensor: string) => operations.find(({ output }) => output === tensor)?.cell;
  const [scores, mask] = [cellOf("h.0.attn.scores"), cellOf("h.0.attn.masked")];
  const scale = (scores?.kind === "dot" && scores.scale) || D ** -0.5;
  const longest = Math.max(0, ...[...shapes.values()].flatMap((shape) => shape.slice(-2)));
  const window = mask?.kind === "mask" ? mask.window : 0;
  return {
    ...{ T, C, V, isSorter },
    ...{ L, S, last: S - 1, previous: Math.max(0, S - 2), isShape: layers !== undefined },
    ...{ H, K, D, G: H / K, N: window < T ? window : 0, isByRoot: Math.abs(scale * D ** 0.5 - 1) < 1e-3 },
    ...{ M: extent("h.0.mlp.c_proj.weight", -2), W: extent("h.0.mlp.c_fc.weight", -1) },
    scale: `Long sides are drawn shorter than to scale${longest > ALIKE ? `, and all of more than ${ALIKE} numbers alike` : ""}.`,
  };
}

/** Whether a chapter, or a part of one, is about this tensor: it, or what belongs to it. */
export function isAbout({ about }: Pick<Chapter, "about">, tensor: string): boolean {
  return about.length === 0 || about.some((name) => tensor === name || isPartOf(tensor, name));
}

/**
 * "h.0.attn.q" has the part "h.0.attn.q_norm", "h.0.ln_1" has "h.0.ln_1.mean". "h.0.attn" has none that attention reads,
 * "embedding" none that is added for it. What queries are turned to, and a norm behind a part, are told later.
 */
function isPartOf(tensor: string, name: string): boolean {
  if (!tensor.startsWith(name)) return false;
  if (name === "h.0.attn" || name === "embedding") return false;
  return name.endsWith(".") || /^[._](?!.*(rotated|post))/.test(tensor.slice(name.length));
}

/** The paragraphs of a chapter for a network that computes so, in pieces. */
export function proseOf({ prose }: Chapter, drawn: Drawn, operations: readonly Operation[] = []): Read[] {
  const { shapes } = drawn;
  const facts = factsOf(drawn, operations);
  const isHere = ({ where = [] }: Paragraph) => {
    if (typeof where === "function") return where(facts);
    return [where].flat().every((name) => name.startsWith("!") !== shapes.has(name.replace("!", "")));
  };
  const filled = (words: string) =>
    words.replace(/\{(\w+)(?: (\w+))?\}/g, (_, name: keyof Facts, what?: string) => {
      const fact = facts[name];
      if (typeof fact === "string") return fact;
      return what ? counted(Number(fact), what) : thousands(Number(fact));
    });
  const named = (pattern: RegExp) => [...shapes.keys()].filter((name) => pattern.test(name));
  const groups: Readonly<Record<string, readonly string[]>> = {
    [STREAM]: named(IN_STREAM),
    [SCORED]: [/^h\.0\.attn\.q\w*$/, /^h\.0\.attn\.k\w*$/].flatMap((each) => named(each).slice(-1)),
  };
  return prose.filter(isHere).map(({ words, about, row }) => {
    const all = pieces(filled(words), shapes);
    const linked = all.flatMap(({ tensors = [] }) => tensors);
    const own = about?.flatMap((name) => groups[name] ?? filled(name));
    return { pieces: all, about: own ?? (linked.length > 0 ? linked : undefined), row };
  });
}

function pieces(words: string, shapes: ReadonlyMap<string, readonly number[]>): Piece[] {
  return words.split(/(\[\[.*?\]\])/).map((part) => {
    const [, shown, names] = /^\[\[(.*)\|(.*)\]\]$/.exec(part) ?? [];
    if (names === undefined) return { words: part };
    if (names === "@rows" || names === "@columns") {
      return { words: shown!, axis: names === "@rows" ? ("rows" as const) : ("columns" as const) };
    }
    if (names === "@sizes") return { words: shown!, picture: "sizes" as const };
    return { words: shown!, tensors: names.split(",").filter((name) => shapes.has(name)) };
  });
}
