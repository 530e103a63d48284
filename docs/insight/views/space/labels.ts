import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { project, type Vector } from "../../scene/matrix.js";

/** More names than this are not read. */
const MOST = 30;
/** Pixels that a thing is wide at least to be named. */
const LEAST = 40;
/** Pixels of a line of names, and about those of a letter. */
const LINE = 18;
const LETTER = 6.6;

/** What has a name above its upper left corner. */
export interface Named {
  readonly at: Vector;
  readonly width: number;
  readonly words: string;
  /** Named however small it is, and first of all. */
  readonly isTitle?: true;
}

/** Names at what is large enough, as HTML. The list of tensors says the same to those who do not see them. */
export function labels(): { root: HTMLElement; follow(named: readonly Named[], camera: Camera): void } {
  const root = element("div", { className: "space-labels", attributes: { "aria-hidden": "true" } });
  const pool: HTMLElement[] = [];
  return {
    root,
    follow(named, { matrix }) {
      const [width, height] = [root.clientWidth, root.clientHeight];
      const seen: { x: number; y: number; size: number; words: string; width: number }[] = [];
      for (const { at, width: extent, words, isTitle } of named) {
        const left = project(matrix, at);
        const right = project(matrix, [at[0] + extent, at[1], at[2]]);
        if (left.distance <= 0 || right.distance <= 0) continue;
        const x = ((left.x + 1) / 2) * width;
        const y = ((1 - left.y) / 2) * height;
        const wide = ((right.x - left.x) / 2) * width;
        if (x > width || x + wide < 0 || y < LINE || y > height || (wide < LEAST && !isTitle)) continue;
        const size = isTitle ? Infinity : wide;
        const room = words.length * LETTER + 8;
        seen.push({ x: Math.max(0, Math.min(x, width - room)), y, size, words, width: room });
      }
      seen.sort((a, b) => (b.size === a.size ? 0 : b.size - a.size));
      const placed: typeof seen = [];
      for (const each of seen) {
        if (placed.length === MOST) break;
        const isFree = (top: number) =>
          placed.every(
            ({ x, y, width }) => x > each.x + each.width || each.x > x + width || Math.abs(y - top) > LINE,
          );
        // Above the corner, or else below it.
        const y = [each.y, each.y + LINE + 1].find(isFree);
        if (y !== undefined) placed.push({ ...each, y });
      }
      while (pool.length < placed.length) {
        const label = element("span");
        pool.push(label);
        root.append(label);
      }
      for (const [i, label] of pool.entries()) {
        const each = placed[i];
        label.hidden = !each;
        if (!each) continue;
        if (label.textContent !== each.words) label.textContent = each.words;
        label.style.transform = `translate(${Math.round(each.x)}px, ${Math.round(each.y - LINE)}px)`;
      }
    },
  };
}

/** A tensor's name and extents, without the one row of the batch; of planes, the first has it. */
export function namesOf(panels: readonly Panel[]): Named[] {
  return panels
    .filter(({ plane }) => plane === 0)
    .map(({ at, size, box: { name, shape, kind } }) => {
      const extents = kind === "weight" || kind === "table" ? shape : shape.slice(1);
      return { at, width: size[0], words: `${name} ${extents.join(" × ")}` };
    });
}
