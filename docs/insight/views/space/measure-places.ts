import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { type Convex, meet, ofRect, throughout, within } from "./convex.js";
import { type Measured, stemOf } from "./measured.js";
import { around, cornersOf, isInside, type Point, pixels, type Rect, type Size } from "./pixels.js";

/** More measures than this are not read. */
const MOST = 8;
/** Pixels that a tensor is long at least where it is measured, and a plane wide or high where planes are counted. */
const LEAST = { columns: 100, rows: 64, planes: 36 } as const;
const PLANE = 64;
/** Of the first with its letter, so much of that is enough. */
const FIRST = 0.5;
/** A measure is nearer to its tensor than to another: from there to itself it has so often the room between them. */
const APART = 3;
/** Pixels from a tensor to its measure: of all, what has room beside its tensor comes before what stands behind other words. */
const DISTANCES = [[9, 16, 24, 36], [48], [62], [78]];
/** No words stand between planes and their measure: farther away it would be anything's. */
const BEHIND = 30;
/** Pixels of half a tick at an end, of a letter and of a line of them, and between a measure and its words. */
export const TICK = 4;
const LETTER = 7;
const LINE = 14;
const BESIDE = 4;

/** Where a measure stands: its ends, and its words. */
export interface Measure {
  readonly of: Measured;
  readonly from: Point;
  readonly to: Point;
  readonly label: Rect;
  readonly choice: Choice;
}

/** Of places for a measure the one where it stands: which edge, how far from it, and where on the line its words are. */
interface Choice {
  readonly end: number;
  readonly distance: number;
  readonly label: number;
}

/**
 * Measures in the picture, where there is room: on nothing that is taken, on no lines, on no cells, and on no other. Each letter has
 * one before any has another.
 */
export function measuresSeen(
  measured: readonly Measured[],
  all: readonly (readonly Panel[])[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  open?: ReadonlySet<Panel>,
  lines: readonly Convex[] = [],
): Measure[] {
  const found: Measure[] = [];
  const done = new Set<string>();
  const words = [...taken.map(ofRect), ...lines];
  const marks: Convex[] = [];
  const sections = new Map<string, readonly Cells[]>();
  const cellsOf = (section: string) => {
    const own = sections.get(section) ?? cellsIn(section, all, camera, size);
    sections.set(section, own);
    return own;
  };
  const isOn = (shape: Convex, those: readonly Convex[]) => those.some((other) => meet(shape, other));
  const sides = measured.flatMap((of) => {
    const edges = edgesOf(of, camera, size, open);
    return edges.length > 0 ? { of, edges } : [];
  });
  for (const { isFirst, share, isFramed } of [
    { isFirst: true, share: 1, isFramed: true },
    { isFirst: true, share: 1, isFramed: false },
    { isFirst: true, share: FIRST, isFramed: false },
    { isFirst: false, share: 1, isFramed: false },
  ]) {
    const long = sides.flatMap(({ of, edges }) => {
      if (isFramed && !of.isFramed) return [];
      const least = LEAST[of.along] * (of.letter.length > 1 ? 1 : share);
      const own = edges.filter(({ length }) => length >= least);
      return own.length > 0 ? { of, edges: own } : [];
    });
    for (const distances of DISTANCES) {
      for (const { of, edges } of long) {
        if (found.length === MOST) return found;
        if (done.has(of.line) || (isFirst && done.has(of.letter))) continue;
        const { box, section } = of.planes[0]!;
        const cells = cellsOf(section);
        const others = cells.filter(({ name }) => stemOf(name) !== stemOf(box.name));
        const place = firstFree(
          edges,
          distances.filter((distance) => of.along !== "planes" || distance < BEHIND),
          of.words,
          size,
          {
            isFree: (shape) =>
              isInside(shape.rect, size) && ![words, marks, cells].some((those) => isOn(shape, those)),
            isNear: (between, around) => !isOn(around, others) && !isOn(between, marks),
          },
        );
        if (!place) continue;
        found.push({ of, ...place });
        done.add(of.line).add(of.letter);
        marks.push(...spotOf(place));
      }
    }
  }
  return found;
}

/** What a measure takes up. */
export const spotOf = ({ from, to, label }: Pick<Measure, "from" | "to" | "label">): Convex[] => [
  lineOf(from, to),
  ofRect(label),
];

/** All cells of a tensor in the picture. */
interface Cells extends Convex {
  readonly name: string;
}

function cellsIn(section: string, all: readonly (readonly Panel[])[], camera: Camera, size: Size): Cells[] {
  return all.flatMap((planes) => {
    if (planes[0]!.section !== section) return [];
    const cells = throughoutOf(planes, camera, size);
    return cells ? { name: planes[0]!.box.name, ...cells } : [];
  });
}

/** All of a tensor, from the front of its first plane to the back of its last one; undefined behind the eye. */
export function throughoutOf(planes: readonly Panel[], camera: Camera, size: Size): Convex | undefined {
  const [first, last] = [planes[0]!, planes.at(-1)!];
  const [x, y, z] = last.at;
  const front = pixels(cornersOf(first.at, first.size), camera, size);
  const back = pixels(cornersOf([x, y, z - last.size[2]], last.size), camera, size);
  return front && back && throughout(front, back);
}

/** An edge, and the way out of the tensor, of one pixel. */
interface Edge {
  /** Which one of its axis. */
  readonly end: number;
  readonly from: Point;
  readonly to: Point;
  readonly out: Point;
  readonly length: number;
}

/** The edges along an axis; none where they are too short. */
function edgesOf({ along, planes }: Measured, camera: Camera, size: Size, open?: ReadonlySet<Panel>): Edge[] {
  const front = planes.find((plane) => !open?.has(plane)) ?? planes[0]!;
  const cornersAt = ({ at, size: own }: Panel) => pixels(cornersOf(at, own), camera, size);
  const corners = cornersAt(along === "planes" ? planes[0]! : front);
  const last = along === "planes" ? cornersAt(planes.at(-1)!) : corners;
  if (!corners || !last) return [];
  const [a, b, c, d] = corners as [Point, Point, Point, Point];
  const ends: readonly (readonly [Point, Point])[] = {
    columns: [[a, b] as const, [d, c] as const],
    rows: [[a, d] as const, [b, c] as const],
    planes: corners.map((corner, i) => [corner, last[i]!] as const),
  }[along];
  const { left, top, right, bottom } = around(corners);
  if (along === "planes" && Math.max(right - left, bottom - top) < PLANE) return [];
  const middle = mean([...corners, ...last]);
  return ends.flatMap(([from, to], end) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length < LEAST[along] * FIRST) return [];
    const normal = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
    const centre = mean([from, to]);
    const sign = normal.x * (centre.x - middle.x) + normal.y * (centre.y - middle.y) < 0 ? -1 : 1;
    return { end, from, to, out: { x: sign * normal.x, y: sign * normal.y }, length };
  });
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** Whether nothing is where a line or words would stand, nothing but words between a tensor and its line, and no other near these. */
interface Room {
  isFree(shape: Convex): boolean;
  isNear(between: Convex, around: Convex): boolean;
}

function firstFree(
  edges: readonly Edge[],
  distances: readonly number[],
  words: string,
  size: Size,
  { isFree, isNear }: Room,
): Omit<Measure, "of"> | undefined {
  for (const distance of distances) {
    for (const edge of edges) {
      const at = (by: number) => lineAt(edge, by);
      const [from, to] = at(distance);
      if (![from, to].every((end) => isInside(around([end]), size))) continue;
      const [start, end] = at(TICK);
      if (!isFree(lineOf(from, to))) continue;
      const [first, last] = at(APART * distance);
      if (!isNear(within([start, end, to, from]), within([start, end, last, first]))) continue;
      const labels = labelsAt(from, to, edge.out, words);
      const label = labels.findIndex((label) => isFree(ofRect(label)));
      if (label >= 0) return { from, to, label: labels[label]!, choice: { end: edge.end, distance, label } };
    }
  }
  return undefined;
}

/** The same measure from elsewhere, at the same edge, whatever stands there now; undefined where that is not long any more. */
export function movedMeasure(
  { of, choice }: Measure,
  camera: Camera,
  size: Size,
  open?: ReadonlySet<Panel>,
): Measure | undefined {
  const edge = edgesOf(of, camera, size, open).find(({ end }) => end === choice.end);
  if (!edge) return undefined;
  const [from, to] = lineAt(edge, choice.distance);
  return { of, from, to, label: labelsAt(from, to, edge.out, of.words)[choice.label]!, choice };
}

const lineAt = ({ from, to, out }: Edge, by: number): [Point, Point] => [
  moved(from, out, by),
  moved(to, out, by),
];

/** Words stand on the middle of a line, or beside it, or at one of its ends. */
function labelsAt(from: Point, to: Point, out: Point, words: string): Rect[] {
  const [width, height] = [words.length * LETTER + 2, LINE];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const on = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const reach = ({ x, y }: Point) => (Math.abs(x) * width + Math.abs(y) * height) / 2 + BESIDE;
  const at = (share: number) => moved(from, on, share * length);
  const places = [
    ...[0.5, 0.25, 0.75].map(at),
    ...[0.5, 0.25, 0.75].map((share) => moved(at(share), out, reach(out))),
    moved(to, on, reach(on)),
    moved(from, on, -reach(on)),
  ];
  return places.map(({ x, y }) => ({
    left: x - width / 2,
    top: y - height / 2,
    right: x + width / 2,
    bottom: y + height / 2,
  }));
}

const moved = ({ x, y }: Point, way: Point, by: number): Point => ({ x: x + by * way.x, y: y + by * way.y });

/** A line with its ticks. */
function lineOf(from: Point, to: Point): Convex {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const side = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
  return within([
    moved(from, side, TICK),
    moved(to, side, TICK),
    moved(to, side, -TICK),
    moved(from, side, -TICK),
  ]);
}
