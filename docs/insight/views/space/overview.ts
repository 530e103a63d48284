import { cameraOf, facingAll, type Pose } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { add, type Vector } from "../../scene/matrix.js";
import { around, cornersOf, pixels, type Size } from "./pixels.js";
import { byTensor } from "./regions.js";

/** Several columns are seen nearly from the front, where they are equally large. */
const FRONT = { yaw: 0.12, pitch: 0.1 } as const;
/** What is left free: pixels above for names, as a share of the height at most, below for what letters mean, and at each side. */
const HEAD = { pixels: 30, most: 0.1 } as const;
const FOOT = 0.045;
const SIDE = 0.052;
/** Something is seen from so many pixels on. */
const SEEN = 40;
/** What is read about is large enough with such a share of the picture's height, or of its size alone, or with such cells: planes are seen together. */
const LARGE = { plane: 0.26, planes: 0.15 } as const;
const KEPT = 1 / 3;
const CELL = 12;
/** Where what is looked at stands far apart, its subject is read by cells of so many pixels; what is one cell wide always by so many. */
const READ = 8;
const NARROW = 4.5;
/** So many tensors at most are left to be named at the picture's edge: else all are shown, however small. */
const BEYOND = 3;
/** Operands of another column come in only where it keeps such a share: there is nothing that is read between. So do a copy's source's. */
const KEPT_AFAR = 0.6;

type Angle = Pick<Pose, "yaw" | "pitch">;

/** What something is made of: what is read about, what is not, and what only the source of a copy is made of. */
export interface Operands {
  /** Of what is looked at, what comes first. */
  readonly subject?: readonly Panel[];
  readonly read: readonly Panel[];
  readonly others: readonly Panel[];
  readonly beyond: readonly Panel[];
}

/**
 * A pose that shows all of these panels, or as many as leave what they are about large enough to be read, and as many of their
 * operands as leave all large enough.
 */
export function overview(all: readonly Panel[], size: Size, from?: Angle, operands?: Operands): Pose {
  const panels = readable(all, operands?.subject ?? [], size, from);
  const strict = panels === all ? [] : operands?.subject;
  return withOperands(panels, size, from, operands, strict);
}

function readable(
  all: readonly Panel[],
  subject: readonly Panel[],
  size: Size,
  from: Angle | undefined,
): readonly Panel[] {
  const first = all.filter((panel) => subject.includes(panel));
  const isRead = (tried: readonly Panel[]) => {
    const pose = posed(tried, size, from);
    return first.every((panel) => isLegible(panel, pose, size));
  };
  if (first.length === 0 || isRead(all)) return all;
  let kept: readonly Panel[] = first;
  const others = [...byTensor(all.filter((panel) => !first.includes(panel))).values()];
  const farness = (own: readonly Panel[]) => posed([...first, ...own], size, from).distance;
  for (const own of others.sort((a, b) => farness(a) - farness(b))) {
    if (isRead([...kept, ...own])) kept = [...kept, ...own];
  }
  return byTensor(all).size - byTensor(kept).size > BEYOND ? all : kept;
}

/** Whether its cells, or all of it, can be read from there. */
function isLegible(panel: Panel, pose: Pose, size: Size, least = READ): boolean {
  const { rows, columns } = panel.box;
  const length = lengthOf(panel, pose, size);
  const [wide, high] = panel.size;
  const cell = (length / Math.max(wide, high)) * Math.max(wide / columns, high / rows);
  return cell >= least || length >= LARGE.plane * size.height;
}

function withOperands(
  panels: readonly Panel[],
  size: Size,
  from: Angle | undefined,
  operands: Operands | undefined,
  strict: readonly Panel[] = [],
): Pose {
  const poseOf = (more: readonly Panel[]) => posed([...panels, ...more], size, from);
  const alone = poseOf([]);
  const { read = [], others = [], beyond = [] } = operands ?? {};
  const all = [...read, ...others];
  if (all.length === 0) return alone;
  const columns = new Set(panels.map(({ section }) => section));
  const unread = new Set(others);
  const needed = panels.map((panel) => {
    const length = lengthOf(panel, alone, size);
    const { rows, columns, planes } = panel.box;
    const large = LARGE[planes === 1 ? "plane" : "planes"] * size.height;
    const near = Math.min(large, KEPT * length, CELL * Math.max(rows, columns));
    return { panel, near, afar: KEPT_AFAR * length };
  });
  const isSeen = (pose: Pose, more: readonly Panel[]) => {
    const length = (panel: Panel) => lengthOf(panel, pose, size);
    const own = more.filter((panel) => unread.has(panel));
    const by = own.some(({ section }) => !columns.has(section)) ? "afar" : "near";
    if (own.length > 0 && needed.some((each) => length(each.panel) < each[by])) return false;
    const isLost = ({ panel }: (typeof needed)[number]) => {
      const isStrict = strict.includes(panel);
      if (!isStrict && panel.box.columns > 1) return false;
      const isRead = (from: Pose) => isLegible(panel, from, size, isStrict ? READ : NARROW);
      return isRead(alone) && !isRead(pose);
    };
    if (needed.some(isLost)) return false;
    // Something of what is read about is large.
    const [largest, least] = [Math.max(...[...panels, ...more].map(length)), needed.map(({ near }) => near)];
    return largest >= Math.max(...least) && own.every((panel) => length(panel) >= SEEN);
  };
  const whole = poseOf(all);
  let [more, pose]: [readonly Panel[], Pose] = isSeen(whole, all) ? [all, whole] : [[], alone];
  // What is read about comes first, and then what is near.
  const rank = (own: readonly Panel[]) => (unread.has(own[0]!) ? 1e9 : 0) + poseOf(own).distance;
  const rest = pose === whole ? [] : [...byTensor(all).values()].sort((a, b) => rank(a) - rank(b));
  for (const own of rest) {
    const tried = [...more, ...own];
    const next = poseOf(tried);
    if (isSeen(next, tried)) [more, pose] = [tried, next];
  }
  const last = poseOf([...more, ...beyond]);
  const isKept = panels.every(
    (panel) => lengthOf(panel, last, size) >= KEPT_AFAR * lengthOf(panel, pose, size),
  );
  return isKept ? last : pose;
}

function posed(panels: readonly Panel[], { width, height }: Size, from: Angle | undefined): Pose {
  const isColumn = panels.every(({ section }) => section === panels[0]!.section);
  const head = Math.min(HEAD.pixels / height, HEAD.most);
  const filled = { left: 1 - 2 * SIDE, right: 1 - 2 * SIDE, top: 1 - 2 * head, bottom: 1 - 2 * FOOT };
  return facingAll(panels.flatMap(endsOf), width / height, from ?? (isColumn ? {} : FRONT), filled);
}

/** The corners of its front, and of its back. */
const endsOf = ({ at, size }: Panel): Vector[] =>
  [at, add(at, [0, 0, -size[2]])].flatMap((corner) => cornersOf(corner, size));

/** Pixels of its longer side. */
function lengthOf({ at, size: own }: Panel, pose: Pose, size: Size): number {
  const corners = pixels(cornersOf(at, own), cameraOf(pose, size.width / size.height), size);
  if (!corners) return 0;
  const { left, top, right, bottom } = around(corners);
  return Math.max(right - left, bottom - top);
}
