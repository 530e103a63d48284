import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { svgElement } from "../../svg-element.js";
import { type Convex, ofRect } from "./convex.js";
import { cornerFor, standAt } from "./corners.js";
import { COUNTED, countedBy, dimensionsOf, type Shapes } from "./dimensions.js";
import { type Measure, measuresSeen, movedMeasure, spotOf, TICK, throughoutOf } from "./measure-places.js";
import { type Measured, measuredOf } from "./measured.js";
import style from "./measures.css?inline";
import type { Rect, Size } from "./pixels.js";
import { byTensor } from "./regions.js";

const NONE: Size = { width: 0, height: 0 };
/** After so many milliseconds without another picture the eye rests. */
const REST = 120;

interface Seen {
  readonly size: Size;
  readonly open: ReadonlySet<Panel>;
}

/** What is in the picture, the tensor that is chosen, what is made there and of what, and what is read about. */
interface Told {
  readonly panels: readonly Panel[];
  readonly chosen: string;
  readonly made: readonly string[];
  readonly operands: readonly string[];
  isAbout(tensor: string): boolean;
}

/**
 * Lines at the edges of tensors, with letters and extents, and what the letters mean. The table of tensors says the same. They know
 * what is free: a hint stands where nothing else does.
 */
export function measures(view: HTMLElement, hint: HTMLElement, signal: AbortSignal) {
  const lines = svgElement("svg");
  const key = element("p", { className: "space-key" });
  const root = element("div", { className: "space-measures", attributes: { "aria-hidden": "true" } });
  root.append(element("style", {}, style), lines, key);
  const pool: ReturnType<typeof line>[] = [];
  let all: readonly (readonly Panel[])[] = [];
  let measured: readonly Measured[] = [];
  /** On these no notes stand. */
  let strong: readonly (readonly Panel[])[] = [];
  let letters = "";
  /** How large what they mean is, and the hint, in a picture of what size, and what these may not stand on: words, and cells. */
  let own = NONE;
  let hinted = NONE;
  let picture = NONE;
  let used: readonly Convex[] = [];
  let cells: readonly Convex[] = [];
  // To ask for their sizes in each frame would lay the page out anew.
  const sizes = new ResizeObserver(() => {
    own = { width: key.offsetWidth, height: key.offsetHeight };
    hinted = { width: hint.offsetWidth, height: hint.offsetHeight };
    placeNotes();
  });
  sizes.observe(key);
  sizes.observe(hint);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    clearTimeout(resting);
  });

  /** Says what these letters mean, where there is room. */
  function explain(now: readonly string[]): void {
    if (now.join("") !== letters) {
      letters = now.join("");
      key.replaceChildren(
        ...now.map((letter) =>
          element("span", {}, element("b", { className: hueOf(letter) }, letter), ` ${countedBy(letter)}`),
        ),
      );
    }
    placeNotes();
  }

  function placeNotes(): void {
    const all = [...used, ...cells];
    const place = letters
      ? (cornerFor(own, picture, "left", all) ?? cornerFor(own, picture, "left", used))
      : undefined;
    standAt(key, place);
    if (hint.isConnected) {
      standAt(hint, cornerFor(hinted, picture, "right", place ? [...all, ofRect(place)] : all));
    }
  }

  // A link of the prose may name an axis.
  for (const event of ["pointerover", "pointerout", "focusin", "focusout"]) {
    const light = ({ target }: Event) => {
      const axis = target instanceof HTMLElement ? target.dataset["tensors"] : undefined;
      root.dataset["lit"] = (/(over|in)$/.test(event) && axis) || "";
    };
    view.addEventListener(event, light, { signal });
  }

  let shown: readonly Measure[] = [];
  function draw(seen: readonly Measure[]): void {
    shown = seen;
    while (pool.length < seen.length) {
      const drawn = line();
      pool.push(drawn);
      lines.append(drawn.root);
    }
    for (const [i, drawn] of pool.entries()) drawn.show(seen[i]);
  }

  function place(
    camera: Camera,
    { size, open }: Seen,
    taken: readonly Rect[],
    fans: readonly Convex[],
  ): void {
    const seen = measuresSeen(measured, all, camera, size, taken, open, fans);
    draw(seen);
    picture = size;
    used = [...taken.map(ofRect), ...fans, ...seen.flatMap(spotOf)];
    cells = strong.flatMap((planes) => throughoutOf(planes, camera, size) ?? []);
    const said = [...new Set(seen.map(({ of }) => of.letter))];
    explain([
      ...Object.keys(COUNTED).filter((letter) => said.some((each) => each.includes(letter))),
      ...said.filter((letter) => !(letter in COUNTED)),
    ]);
  }

  let from: Camera["matrix"] = [];
  let movedAt = -Infinity;
  let resting: ReturnType<typeof setTimeout> | undefined;
  return {
    root,
    tell({ panels, chosen, made, operands, isAbout }: Told): void {
      const planes = byTensor(panels);
      const shapes: Shapes = new Map([...planes].map(([name, [first]]) => [name, first!.box.shape]));
      all = [...planes.values()];
      const inputs = planes.get(chosen)?.[0]?.box.inputs ?? [];
      const names = new Set([chosen, ...inputs, ...made, ...planes.keys()].filter(isAbout));
      const of = (names: Iterable<string>) => [...names].flatMap((name) => [planes.get(name) ?? []]);
      const read = of(names).filter(({ length }) => length > 0);
      strong = [...read, ...of(operands).filter(({ length }) => length > 0)];
      measured = measuredOf(read, ({ box }) => dimensionsOf(box, shapes), new Set([chosen, ...made]));
      from = [];
    },
    /** Draws them on nothing that is taken, and on no lines to a cell. While the eye moves they go with their tensors. */
    follow(camera: Camera, seen: Seen, taken: readonly Rect[], fans: readonly Convex[]): void {
      clearTimeout(resting);
      const isMoved = from.length > 0 && camera.matrix.some((x, i) => x !== from[i]);
      const now = performance.now();
      const isMoving = isMoved && now - movedAt < REST;
      if (isMoved) movedAt = now;
      from = camera.matrix;
      const rest = () => place(camera, seen, taken, fans);
      if (!isMoving) {
        rest();
        return;
      }
      draw(shown.flatMap((measure) => movedMeasure(measure, camera, seen.size, seen.open) ?? []));
      resting = setTimeout(rest, REST);
    },
  };
}

/** What is made of letters has a colour of its own, if it is not as wide as an MLP. */
const hueOf = (letter: string) => (letter in COUNTED ? letter : /^\d+[CM]$/.test(letter) ? "M" : "Q");

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
      if (words.textContent !== of.words) words.textContent = of.words;
      root.setAttribute("class", `${of.hue} ${of.along}`);
      root.dataset["tensor"] = of.planes[0]!.box.name;
    },
  };
}

const fixed = (pixel: number) => pixel.toFixed(1);
