import { element } from "../../element.js";
import { labelOf } from "../../flow/operations.js";
import type { Camera } from "../../scene/camera.js";
import { bounds, bySection, isGiven, type Panel } from "../../scene/layout.js";
import { svgElement } from "../../svg-element.js";
import { extents } from "../../thousands.js";
import type { Framed } from "./network-names.js";
import { partOf, partsOf } from "./parts.js";
import { cornersOf, type PlacedWords, type Point, type Rect, type Size } from "./pixels.js";
import { type Named, type Names, namesFrom, placeNames } from "./placing.js";
import { pool } from "./pool.js";
import type { PlacedToken } from "./token-sides.js";

/** How far above a layer its name stands. */
const TITLE = 20;

interface Seen {
  readonly size: Size;
  readonly open: ReadonlySet<Panel>;
}

/** Where words of tokens and other small ones stand in a picture. */
export type TokensAt = (camera: Camera, scene: Seen, taken: readonly Rect[]) => readonly PlacedToken[];

/** Names at what is large enough, as HTML. The list of tensors says the same to those who do not see them. */
export function labels(): {
  root: HTMLElement;
  /** Names stand on nothing that is taken; tensors that are read about have theirs first, or alone. It says where there is something now. */
  follow(
    names: Names,
    tokensAt: TokensAt | undefined,
    camera: Camera,
    scene: Seen,
    taken: readonly Rect[],
    read: ReadonlySet<string> | undefined,
    isAlone: boolean,
  ): readonly Rect[];
} {
  const frames = svgElement("svg");
  const root = element("div", { className: "space-labels", attributes: { "aria-hidden": "true" } });
  root.append(frames);
  const drawn = pool(
    root,
    () => element("span"),
    (label, each: PlacedWords | PlacedToken) => {
      label.className = "look" in each ? `space-token ${each.look}` : "";
      label.style.transform = transformOf(each);
    },
  );
  return {
    root,
    follow(names, tokensAt, camera, scene, taken, read, isAlone) {
      const { size } = scene;
      const tokens = tokensAt?.(camera, scene, taken) ?? [];
      const { words, framed } = placeNames(names, camera, size, [...tokens, ...taken], read, isAlone);
      const leaders = tokens.flatMap(({ leader }) => (leader ? [lineOf(leader)] : []));
      frames.replaceChildren(...framed.flatMap(outlined), ...leaders);
      const placed = [...words, ...tokens];
      drawn(placed);
      return [...taken, ...placed];
    },
  };
}

/** A network's frame, and the line to its name. */
function outlined({ frame, leader }: Framed): SVGElement[] {
  const outline = svgElement("polygon", { points: path(frame) });
  return leader ? [outline, lineOf(leader)] : [outline];
}

const path = (points: readonly Point[]) =>
  points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(" ");

const lineOf = (points: readonly Point[]) => svgElement("polyline", { points: path(points) });

/** The end that is to stand at its place stands there, however wide the letters are. */
function transformOf(placed: PlacedWords | PlacedToken): string {
  const { left, top, right, bottom } = placed;
  const at = (x: number, y: number) => `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  switch ("look" in placed && placed.look) {
    case "row":
      return `${at(right, top)} translateX(-100%)`;
    case "column":
      return `${at((left + right) / 2, top)} translateX(-50%)`;
    case "up":
      return `${at(left, bottom)} translateY(-100%) rotate(180deg)`;
    default:
      return "isEnd" in placed && placed.isEnd ? `${at(right, top)} translateX(-100%)` : at(left, top);
  }
}

/** The names of all that is in a picture; `titles` are those of networks side by side, which have none of blocks and parts. */
export const namesIn = (panels: readonly Panel[], titles?: readonly Named[]): Names =>
  namesFrom([...(titles ?? [...blockTitles(panels), ...partsOf(panels)]), ...namesOf(panels)]);

/** What each tensor is called, and its extents without the one row of the batch. */
export function namesOf(panels: readonly Panel[]): Named[] {
  // The planes of a tensor follow each other.
  return panels.flatMap((panel, i): Named[] => {
    const { at, size, box, plane } = panel;
    if (plane > 0) return [];
    const { name, shape, kind, planes } = box;
    const own = kind === "weight" || kind === "table" ? shape : shape.slice(1);
    const last = panels[i + planes - 1]!;
    // One number a row: a narrow column.
    const isNarrow = own.length > 1 && own.at(-1) === 1;
    return [
      {
        kind: "tensor",
        tensor: name,
        short: labelOf(name),
        words: isNarrow ? labelOf(name) : `${labelOf(name)} ${extents(own)}`,
        isNarrow,
        isGiven: isGiven(box),
        part: partOf(panel),
        ...{ front: cornersOf(at, size), back: cornersOf(last.at, size), planes },
      },
    ];
  });
}

/** Each block's name, above it. */
export function blockTitles(panels: readonly Panel[]): Named[] {
  return [...bySection(panels)]
    .filter(([name]) => /^h\.\d+$/.test(name))
    .map(([name, own]) => {
      const { low, high } = bounds(own);
      const [layer, width, top] = [Number(name.slice(2)), high[0] - low[0], high[1] + TITLE];
      return {
        ...{ kind: "layer", layer, width, height: top - low[1] },
        ...{ words: `Block ${layer}`, at: [low[0], top, high[2]] },
      };
    });
}
