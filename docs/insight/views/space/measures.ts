import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { svgElement } from "../../svg-element.js";
import { type Convex, meet, ofRect } from "./convex.js";
import { COUNTED, dimensionsOf, type Shapes } from "./dimensions.js";
import {
  type Measure,
  type Measured,
  measuredOf,
  measuresSeen,
  spotOf,
  TICK,
  wordsOf,
} from "./measure-places.js";
import style from "./measures.css?inline";
import { isInside, type Rect, type Size } from "./pixels.js";
import { byTensor } from "./regions.js";

/** Pixels between the picture's edge and what its letters mean. */
const EDGE = 6;

interface Seen {
  readonly size: Size;
  readonly open: ReadonlySet<Panel>;
}

/** Lines at the edges of tensors, with letters and extents, and what the letters mean. The table of tensors says the same. */
export function measures(view: HTMLElement) {
  const lines = svgElement("svg");
  const key = element("p", { className: "space-key" });
  const root = element("div", { className: "space-measures", attributes: { "aria-hidden": "true" } });
  root.append(element("style", {}, style), lines, key);
  const pool: ReturnType<typeof line>[] = [];
  let all: readonly (readonly Panel[])[] = [];
  let measured: readonly Measured[] = [];
  let letters = "";
  /** How large what they mean is, in a picture of what size, and what it may not stand on. */
  let own: Size = { width: 0, height: 0 };
  let picture = own;
  let used: readonly Convex[] = [];
  // To ask for its size in each frame would lay the page out anew.
  new ResizeObserver(() => {
    own = { width: key.offsetWidth, height: key.offsetHeight };
    placeKey();
  }).observe(key);

  /** Says what these letters mean, where there is room. */
  function explain(now: readonly string[]): void {
    if (now.join("") !== letters) {
      letters = now.join("");
      key.replaceChildren(
        ...now.map((letter) =>
          element("span", {}, element("b", { className: letter }, letter), ` ${COUNTED[letter]}`),
        ),
      );
    }
    placeKey();
  }

  function placeKey(): void {
    const place = cornersIn(picture, own).find(
      (corner) => isInside(corner, picture) && !used.some((other) => meet(ofRect(corner), other)),
    );
    key.style.visibility = place && letters ? "" : "hidden";
    if (place) key.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
  }

  // A link of the prose may name an axis.
  for (const event of ["pointerover", "pointerout", "focusin", "focusout"]) {
    view.addEventListener(event, ({ target }) => {
      const axis = target instanceof HTMLElement ? target.dataset["tensors"] : undefined;
      root.dataset["lit"] = (/(over|in)$/.test(event) && axis) || "";
    });
  }

  return {
    root,
    /** What is in the picture, the tensor that is chosen, and what is read about. */
    tell(panels: readonly Panel[], chosen: string, isAbout: (tensor: string) => boolean): void {
      const planes = byTensor(panels);
      const shapes: Shapes = new Map([...planes].map(([name, [first]]) => [name, first!.box.shape]));
      all = [...planes.values()];
      const inputs = planes.get(chosen)?.[0]?.box.inputs ?? [];
      const names = new Set([chosen, ...inputs, ...planes.keys()].filter(isAbout));
      measured = measuredOf(
        [...names].flatMap((name) => (planes.has(name) ? [planes.get(name)!] : [])),
        ({ box }) => dimensionsOf(box, shapes),
      );
    },
    /** Draws them on nothing that is taken. */
    follow(camera: Camera, { size, open }: Seen, taken: readonly Rect[]): void {
      const seen = measuresSeen(measured, all, camera, size, taken, open);
      while (pool.length < seen.length) {
        const drawn = line();
        pool.push(drawn);
        lines.append(drawn.root);
      }
      for (const [i, drawn] of pool.entries()) drawn.show(seen[i]);
      picture = size;
      used = [...taken.map(ofRect), ...seen.flatMap(spotOf)];
      explain(Object.keys(COUNTED).filter((letter) => seen.some(({ of }) => of.letter.includes(letter))));
    },
  };
}

/** Where what the letters mean may stand: at the bottom, else at the top. */
function cornersIn({ width, height }: Size, own: Size): Rect[] {
  const [right, bottom] = [width - own.width - EDGE, height - own.height - EDGE];
  return [
    [right, bottom],
    [EDGE, bottom],
    [right, EDGE],
    [EDGE, EDGE],
  ].map(([left, top]) => ({
    left: left!,
    top: top!,
    right: left! + own.width,
    bottom: top! + own.height,
  }));
}

/** One measure: a line with a tick at each end, and its words. */
function line() {
  const path = svgElement("path");
  const ground = svgElement("rect");
  const words = svgElement("text");
  const root = svgElement("g", {}, path, ground, words);
  return {
    root,
    show(measure: Measure | undefined): void {
      root.style.display = measure ? "" : "none";
      if (!measure) return;
      const { of, from, to, label } = measure;
      const [x, y] = [to.x - from.x, to.y - from.y];
      const by = TICK / Math.hypot(x, y);
      const tick = ({ x: cx, y: cy }: typeof from) =>
        `M${fixed(cx - y * by)} ${fixed(cy + x * by)}L${fixed(cx + y * by)} ${fixed(cy - x * by)}`;
      const d = `M${fixed(from.x)} ${fixed(from.y)}L${fixed(to.x)} ${fixed(to.y)}${tick(from)}${tick(to)}`;
      path.setAttribute("d", d);
      ground.setAttribute("x", fixed(label.left));
      ground.setAttribute("y", fixed(label.top));
      ground.setAttribute("width", fixed(label.right - label.left));
      ground.setAttribute("height", fixed(label.bottom - label.top));
      words.setAttribute("x", fixed((label.left + label.right) / 2));
      words.setAttribute("y", fixed(label.bottom - TICK + 0.5));
      const said = wordsOf(of);
      if (words.textContent !== said) words.textContent = said;
      root.setAttribute("class", `${of.hue} ${of.along}`);
      root.dataset["tensor"] = of.planes[0]!.box.name;
    },
  };
}

const fixed = (pixel: number) => pixel.toFixed(1);
