import { cellWords, textsOf } from "../../cells/words.js";
import { element } from "../../element.js";
import type { Derivation } from "../../engine/inside.js";
import { labelOf } from "../../flow/operations.js";
import { purposeOf } from "../../purposes.js";
import type { Camera } from "../../scene/camera.js";
import type { Region } from "../../scene/instances.js";
import type { PickedCell } from "../../scene/pick.js";
import style from "./around.css?inline";
import { cellLabel, rectOf } from "./cell-label.js";
import { indexOf } from "./chosen-cell.js";
import type { SpaceState } from "./fields.js";
import { onFirstScreen } from "./first-screen.js";
import type { Highlights } from "./highlights.js";
import { fanOf } from "./line-places.js";
import type { measures } from "./measures.js";
import { nowRead } from "./now-read.js";
import type { Spot } from "./phases.js";
import type { SpacePicture } from "./picture.js";
import type { Rect } from "./pixels.js";
import type { Pointed } from "./pointed.js";
import { productStrip, type Spoken } from "./product-strip.js";
import type { Reading } from "./reading.js";
import { placedSteps, regionsOf, wholeOf } from "./regions.js";
import type { Network } from "./shown.js";
import { spaceTables } from "./tables.js";
import { CHAPTERS } from "./walk.js";

/** What is said where the walk ends. */
const END = "Here it ends: press g, and the model writes on; the view Sampling shows the draw.";
const END_OF_SHAPE = "Here it ends: choose a model with weights, and a text of yours runs through it.";

/** Whether the address, and no story, has led to what is read, in a window that is low. */
const isLed = ({ chapter, phase }: SpaceState) =>
  (chapter > 1 || phase > 1) &&
  scrollY === 0 &&
  location.hash.includes("/space?") &&
  matchMedia("(max-height: 500px)").matches;

export interface Surroundings {
  /** The view, in it the picture with what is beside it, and that. */
  readonly view: HTMLElement;
  readonly columns: HTMLElement;
  readonly beside: HTMLElement;
  /** Where it stands how far the walk is. */
  readonly far: HTMLElement;
  /** Where it stands what a run computes now, and what the cell is that is pointed at. */
  readonly now: HTMLElement;
  readonly where: HTMLElement;
  readonly picture: SpacePicture;
  readonly reading: Reading;
  readonly highlights: Highlights;
  readonly pointed: Pointed;
  network(): Network | undefined;
  go(spot: Spot): void;
  readonly signal: AbortSignal;
}

export interface Around {
  /** The cell that is pointed at, and how it came about, as far as that is known. */
  tell(cell: PickedCell | undefined, explained: Derivation | undefined, isLabelled: boolean): void;
  draw(values: SpaceState): void;
}

/** What stands around the cells of the picture, and is not needed for its first frame. */
export function around(
  {
    where,
    view,
    columns,
    beside,
    far,
    now,
    picture,
    reading,
    highlights,
    pointed,
    network,
    go,
    signal,
  }: Surroundings,
  failed: (error: unknown) => void,
): Around {
  const { root, canvas, scene } = picture;
  view.append(element("style", {}, style));
  onFirstScreen(view, columns, signal);
  const meanwhile = nowRead(now, go);
  const label = cellLabel();
  const strip = productStrip((tensor) => network()?.pass?.overview.pictures[tensor]);
  const tables = spaceTables(() => highlights.panels);
  const hint = element(
    "p",
    { className: "space-hint" },
    element("span", { className: "fine" }, "Drag to turn, Shift + drag to move, Ctrl + wheel or + - to zoom"),
    element("span", { className: "coarse" }, "Two fingers move and zoom, a tap chooses a cell"),
  );
  // Until it is known where there is room.
  hint.style.visibility = "hidden";
  if (scene) {
    root.querySelector(".space-labels")?.append(label.root);
    root.append(strip.root, hint);
    // Whoever has moved the eye knows how.
    for (const event of ["pointerdown", "keydown"]) {
      canvas.addEventListener(event, hideHint, { once: true, signal });
    }
    const sizes = new ResizeObserver(stand);
    sizes.observe(canvas);
    signal.addEventListener("abort", () => sizes.disconnect());
  }
  const legend = element(
    "p",
    { className: "space-legend", hidden: true },
    "Lines come from the cells that it is computed from: solid ones from what is computed, dashed ones from what was learned. Of many cells in a row, some stand for all.",
  );
  beside.append(legend);
  view.append(...tables.parts);
  let written: readonly Rect[] = [];
  let standing: readonly Rect[] = [];
  /** The cell that is pointed at, and what it is computed from. */
  let own: readonly Region[] = [];
  let from: readonly Region[] = [];
  let steps: ReturnType<typeof placedSteps> = [];
  let frame = 0;
  let drawn: SpaceState | undefined;
  /** Comes after what is told of cells. */
  let measured: ReturnType<typeof measures> | undefined;
  picture.watch((camera, those) => {
    written = those;
    follow(camera);
  });
  if (scene) loadMeasures().catch(failed);

  async function loadMeasures(): Promise<void> {
    const { measures } = await import("./measures.js");
    if (signal.aborted) return;
    measured = measures(view, hint, signal);
    strip.root.before(measured.root);
    tellMeasures();
    follow(scene!.camera);
  }

  function tellMeasures(): void {
    if (!scene || !drawn) return;
    // Networks are compared by their sizes as a whole.
    const panels = drawn.shape === "sizes" ? [] : scene.panels;
    const isAbout = (name: string) => reading.isAbout(name);
    const { made, operands } = reading;
    measured?.tell({ panels, chosen: drawn.tensor, made, operands, isAbout });
  }

  /** Measures stand on nothing that is written, and on nothing that stands at the edge. */
  function follow(camera: Camera): void {
    if (!scene) return;
    const at = placeLabel(camera);
    const fans = steps.flatMap(({ from, to }) => {
      const [end] = rectsOf(regionsOf([to]), camera);
      return end ? rectsOf(regionsOf(from), camera).map((rect) => fanOf(rect, end)) : [];
    });
    measured?.follow(camera, scene, [...written, ...standing, ...(at ? [at] : [])], fans);
  }

  const rectsOf = (regions: readonly Region[], camera: Camera) =>
    regions.flatMap((each) => rectOf(each, camera, scene!.size) ?? []);

  function placeLabel(camera: Camera): Rect | undefined {
    const panels = rectsOf(
      from.map(({ panel }) => wholeOf(panel)),
      camera,
    );
    return label.follow(camera, scene!.size, { names: written, panels, cells: rectsOf(from, camera) });
  }

  function hideHint(): void {
    hint.remove();
  }

  /** Looks at where the strip is now. */
  function stand(): void {
    standing = [strip.place ?? []].flat();
    if (scene) follow(scene.camera);
  }

  function drawStrip(cell: PickedCell | undefined, explained: Derivation | undefined): void {
    if (!scene) return;
    strip.draw(explained?.at(-1), scene.size, cell ? spokenOf(cell) : []);
    stand();
  }

  /** What is said of a cell is about itself, its label, what it is computed from, and its panel. */
  function spokenOf(cell: PickedCell): Spoken[] {
    const { camera } = scene!;
    const at = placeLabel(camera);
    const weigh = (rects: readonly Rect[], weight: number) => rects.map((rect) => ({ rect, weight }));
    return [
      ...weigh(rectsOf(own, camera), 100),
      ...weigh(at ? [at] : [], 4),
      ...weigh(rectsOf(from, camera), 4),
      ...weigh(rectsOf([wholeOf(cell.panel)], camera), 1),
    ];
  }

  return {
    tell(cell, explained, isLabelled) {
      const name = cell?.panel.box.name ?? "";
      const pass = network()?.pass;
      const texts = pass && textsOf(pass.overview, pass.info);
      const place = cell && cellWords(name, indexOf(cell), texts ?? { text: [], vocabulary: [] });
      const words = [labelOf(name), texts && place].filter(Boolean).join(", ");
      where.replaceChildren(...(cell ? [element("b", {}, `${words}. `), purposeOf(name) ?? ""] : []));
      tables.tell(cell, explained, cell && !explained ? pointed.readBy(cell) : []);
      if (!scene) return;
      own = cell ? regionsOf([cell]) : [];
      const made = cell ? pointed.stepsTo(cell) : [];
      steps = placedSteps(made, highlights.planes);
      from = regionsOf(steps.flatMap(({ from }) => from));
      legend.hidden = from.length === 0;
      const taken = made.slice(1).map(({ tensor, index }) => `from ${labelOf(tensor)} [${index.join(", ")}]`);
      const value = explained?.[0].captured.toPrecision(4);
      const lines = [labelOf(name), ...taken, place ?? "", value ?? ""];
      label.tell(isLabelled ? cell : undefined, lines.filter(Boolean));
      placeLabel(scene.camera);
      // However fast cells follow each other: once a frame.
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => drawStrip(cell, explained));
    },
    draw(values) {
      const { flow, play, shape } = values;
      tables.draw(network());
      const { part, parts } = reading.way;
      const next = CHAPTERS[reading.spot.chapter];
      const end = shape === "model" ? END : END_OF_SHAPE;
      const on = next ? `Next chapter: ${next.title}.` : "This is the last chapter.";
      far.textContent = `Part ${part} of ${parts} of the walk. ${part === parts ? end : on}`;
      const { steps } = reading.phase;
      const isRunning =
        play === "yes" || (play === "no" && flow > 0 && steps !== undefined && flow < steps.last);
      const spot = reading.isOfAll() && isRunning ? reading.aboutStep(flow) : undefined;
      meanwhile(spot, spot && reading.phasesOf(spot.chapter));
      // On a phone on its side all else would be on the first screen.
      if (!drawn && isLed(values)) columns.scrollIntoView({ behavior: "instant" });
      drawn = values;
      tellMeasures();
    },
  };
}
