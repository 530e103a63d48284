import type { Explanation } from "@llm/gpt/inspect";
import { bendOf } from "../../../cells/bend.js";
import { axesOf } from "../../../cells/words.js";
import { element } from "../../../element.js";
import { labelOf } from "../../../flow/operations.js";
import type { Model } from "../../../model.js";
import { indexAt, planesOf } from "../../../scheme.js";
import { statisticOf } from "../../../statistics.js";
import { svgElement } from "../../../svg-element.js";
import { visible } from "../../../token-line.js";
import { nameOf } from "../block/names.js";
import type { ShownBlock } from "../block/shown.js";
import { blockTensors, PARTS } from "../block/tensors.js";
import { planeOfHead } from "../head-plane.js";

import { around, chainOf, type Equation, type Region, readBy } from "./chain.js";
import { type OpenedMatrix, openedMatrix } from "./matrix.js";
import { type Opening, partsOf } from "./openings.js";
import { stepsOf } from "./steps.js";
import { isOfPairs } from "./text-axes.js";

/** Tensors of more cells are drawn as the overview has them: as means. */
const MOST_CELLS = 2 ** 18;
/** How much larger than others squares of two tokens each are. */
const SQUARE = 2.2;

/** What stands in a chain, a tensor with the sign before it, or another sign. */
interface Standing {
  readonly root: HTMLElement;
  readonly matrix?: OpenedMatrix;
  /** The step that it comes with, counted from 1, and whether it comes about in it. */
  readonly step: number;
  readonly isMade: boolean;
}

/** The tensors that make a part, as they are drawn. */
export interface DrawnChain {
  readonly root: HTMLElement;
  readonly matrices: readonly OpenedMatrix[];
  /** What comes about in it. */
  readonly made: ReadonlySet<string>;
  /** In which order. */
  readonly steps: readonly Equation[];
  /** How many steps there are: behind the last block softmax is one, too. */
  readonly count: number;
  readonly standing: readonly Standing[];
  nameOf(tensor: string): string;
  /** Shows where on its bend an explained cell is. */
  bend(cell: Pick<Explanation, "tensor" | "captured" | "operands">): void;
}

type Told = (tensor: string, index: readonly number[], kept: boolean) => void;

/** Draws how an opening's last tensor comes about from the parts before it. */
export async function drawnChain(
  shown: ShownBlock,
  opening: Opening,
  { model, signal }: { readonly model: Model; readonly signal: AbortSignal },
  told: Told,
): Promise<DrawnChain> {
  const { block, head, info } = shown;
  const { overview, layer, tensors } = block;
  const all = new Map(overview.descriptions.map((each) => [each.name, each]));
  const equations = chainOf(all, ...endsOf(shown, opening));
  const drawn = [
    ...new Set(equations.flatMap(({ terms, made }) => [...terms.map(({ tensor }) => tensor), made])),
  ];
  const sizeOf = (tensor: string) =>
    overview.pictures[tensor]!.shape.reduce((size, extent) => size * extent, 1);
  const asked = drawn.filter((tensor) => all.get(tensor)!.kind !== "weight" && sizeOf(tensor) <= MOST_CELLS);
  const cells = await model.call("cellsOf", asked, signal);

  const named = (tensor: string) => {
    const [, own = `${layer}`] = /^h\.(\d+)\./.exec(tensor) ?? [];
    const isOther = Number(own) !== layer && !Object.values(tensors.names).includes(tensor);
    const of = isOther ? blockTensors(overview, Number(own)) : tensors;
    // A table stands there whole, and what is turned beside what is not.
    const isOwn = all.get(tensor)!.kind === "weight" || tensor.endsWith("_rotated");
    const part = isOwn ? undefined : PARTS.find((part) => of.names[part] === tensor);
    const name = part ? nameOf(part, { block: { tensors: of } }) : labelOf(tensor);
    return isOther ? `${name}, block ${own}` : name;
  };
  const planeOf = (tensor: string) => planeOfHead(tensor, { layer, head }, overview) ?? 0;
  const cornersOf = (tensor: string) => {
    const { shape } = overview.pictures[tensor]!;
    const { rows, columns } = planesOf(shape);
    const plane = planeOf(tensor);
    return [
      [0, 0],
      [rows - 1, columns - 1],
    ].map(([row, column]) => indexAt(shape, { plane, row: row!, column: column! }));
  };
  /** What a head finds stands beside what the others do. */
  const found = block.rows("found", head);
  const foundCorners = [found.index(0, 0), found.index(overview.ids.length - 1, found.columns - 1)];
  const isFound = (tensor: string) => tensor === found.tensor;

  const texts = overview.ids.map((id) => visible(info.tokens[id]!));
  const matrices: OpenedMatrix[] = [];
  /** Rows that are as high as those before need no names again. */
  const isNamed = new Set<number>();
  const isSquare = (tensor: string) => isOfPairs(tensor, overview);
  /** Beside squares a row goes on at the same height. */
  const rowsAs = drawn.some(isSquare) ? SQUARE : 1;
  const draw = (
    tensor: string,
    isTurned: boolean,
    region: Region | undefined,
    taken: readonly number[] = [],
  ) => {
    const axes = axesOf(tensor, overview.pictures[tensor]!.shape.length).slice(-2);
    const isOfText = axes.map(({ of }) => of === "text");
    const wide = isSquare(tensor) ? SQUARE : 1;
    const [down, along] = isTurned ? [isOfText.at(-1), isOfText.at(-2)] : isOfText;
    const tall = down ? rowsAs : 1;
    const isNamedHere = down === true && axes.length === 2;
    const repeats = isNamedHere && isNamed.has(tall);
    if (isNamedHere) isNamed.add(tall);
    const matrix = openedMatrix(
      {
        ...{
          tensor,
          region,
          taken,
          ...{ tall, wide, repeats },
          isTurned,
          plane: planeOf(tensor),
          name: named(tensor),
        },
        rowNames: isNamedHere && (!repeats || wide > 1) ? texts : [],
        columnNames: along && axes.length === 2 ? texts : [],
      },
      overview,
      cells[tensor],
      told,
    );
    matrices.push(matrix);
    return matrix;
  };

  const bends: (readonly [
    equation: Equation,
    dot: SVGCircleElement,
    bend: NonNullable<ReturnType<typeof bendOf>>,
  ])[] = [];
  const signOf = (sign: string, equation?: Equation) => {
    const root = element("span", { className: "opened-sign" }, sign);
    const bend = equation?.cell.kind === "activation" && bendOf(equation.cell.function);
    if (bend) {
      const dot = svgElement("circle", { r: 7, cx: -9, cy: -9, class: "dot" });
      bend.curve.append(dot);
      bends.push([equation, dot, bend]);
      root.replaceChildren(bend.curve, `${bend.words} →`);
    }
    return root;
  };

  const stacks: HTMLElement[] = [];
  let isOnWeight = false;
  const put = (
    { step, isMade }: Pick<Standing, "step" | "isMade">,
    sign: HTMLElement | undefined,
    tensor: string,
    isTurned = false,
    region?: Region,
    taken?: readonly number[],
  ) => {
    const matrix = draw(tensor, isTurned, region, taken);
    const row = element("div", { className: "opened-row" }, sign, matrix.root);
    standing.push({ root: row, matrix, step, isMade });
    const isStrip = overview.pictures[tensor]!.shape.length === 1;
    // A bias stands below the weights that it goes with.
    if (isStrip && isOnWeight) stacks.at(-1)!.append(row);
    else stacks.push(element("div", { className: "opened-stack" }, row));
    isOnWeight = all.get(tensor)!.kind === "weight";
  };
  const steps = stepsOf(all, equations);
  const standing: Standing[] = [];
  /** The step of its own that a tensor has. */
  const stepOf = (tensor: string) => steps.findIndex(({ made }) => made === tensor) + 1;
  let before = "";
  let signBefore: HTMLElement | undefined;
  let stepBefore = 0;
  for (const equation of equations) {
    const corners = isFound(equation.made) ? foundCorners : cornersOf(equation.made);
    const first = stepBefore + 1;
    stepBefore = stepOf(equation.made);
    for (const [at, term] of equation.terms.entries()) {
      const { sign, tensor, isTurned } = term;
      if (at === 0 && tensor === before) {
        if (!sign) continue;
        const more = element("span", {}, ` ${sign}`);
        signBefore?.append(more);
        standing.push({ root: more, step: first, isMade: false });
        continue;
      }
      const region = isFound(tensor)
        ? around(foundCorners)
        : readBy(equation, term, corners, overview.pictures[tensor]!.shape);
      const counted = statisticOf(tensor) !== undefined;
      put(
        { step: counted ? stepOf(tensor) : first, isMade: counted },
        sign ? signOf(sign) : undefined,
        tensor,
        isTurned,
        region,
        // The text's tokens say which rows.
        equation.cell.kind === "lookup" ? overview.ids : undefined,
      );
    }
    signBefore = signOf(equation.sign, equation);
    put(
      { step: stepBefore, isMade: true },
      signBefore,
      equation.made,
      false,
      isFound(equation.made) ? around(foundCorners) : undefined,
    );
    before = equation.made;
  }
  const written = equations
    .map(({ terms, sign, made }) =>
      `${terms.map(({ sign, tensor }) => `${sign} ${named(tensor)}`).join(" ")} ${sign} ${named(made)}`.trim(),
    )
    .join("; ");
  const root = element(
    "div",
    { className: "opened-chain", attributes: { role: "group", "aria-label": `${written}.` } },
    ...stacks,
  );
  return {
    ...{
      root,
      matrices,
      nameOf: named,
      made: new Set(equations.map(({ made }) => made)),
      steps,
      standing,
      count: steps.length + (opening === "next" ? 1 : 0),
    },
    bend(cell) {
      for (const [{ made, terms }, dot, bend] of bends) {
        const isBent = cell.tensor === made;
        const x = isBent ? cell.operands[0]!.value : cell.captured;
        const isOnIt = isBent || cell.tensor === terms[0]!.tensor;
        const at = isOnIt ? bend.pointAt(x) : undefined;
        for (const [axis, value] of [
          ["cx", at?.[0]],
          ["cy", at?.[1]],
        ] as const)
          dot.setAttribute(axis, `${value ?? -9}`);
      }
    },
  };
}

/** What an opening makes, and what is there before it. */
function endsOf({ block }: ShownBlock, opening: Opening): [made: string, given: Set<string>] {
  const { overview, layer, tensors } = block;
  const { names } = tensors;
  const last = overview.attention.length - 1;
  if (opening === "next") return ["logits", new Set([blockTensors(overview, last).names.out])];
  const parts = partsOf(opening, tensors);
  // What a block before this one made is given, too.
  const before = layer > 0 ? [...Object.values(blockTensors(overview, layer - 1).names), "embedding"] : [];
  const own = new Set(parts.map((part) => names[part]));
  const given = [...Object.values(names), ...before].filter((tensor) => !own.has(tensor));
  return [names[parts.at(-1)!]!, new Set(given)];
}
