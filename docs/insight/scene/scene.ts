import { isStill } from "../motion.js";
import type { Rgb } from "../palette.js";
import { atlasOf, type Grid } from "./atlas.js";
import { between, type Camera, cameraOf, type Pose } from "./camera.js";
import { type FlowLine, flowLines } from "./flow-lines.js";
import { frameInstances, type Look, OPEN, panelInstances, type Region } from "./instances.js";
import type { Panel } from "./layout.js";
import { type Line, lineInstances } from "./lines.js";
import { type PickedCell, pick } from "./pick.js";
import { Renderer } from "./renderer.js";
import { filled, type Moment, STEP, travellers, travellingLook, travellingPanel } from "./stream.js";

/** Milliseconds of the way from one pose to another. */
const WAY = 500;
/** Pixels of a frame's line, and how many more while values come from it. */
const LINE = 2.5;
const PULSE = 3;
/** How much is left of the colours of what stands back. */
const BACK = 0.22;

/** What a panel shows; without a grid it is grey. */
export interface Shown {
  readonly grid?: Grid | undefined;
  readonly scale: number;
  readonly palette: 0 | 1;
}

/** What a scene tells of itself. */
export interface SceneEvents {
  /** A picture was drawn: labels follow. */
  drawn(camera: Camera): void;
  /** The graphics card was taken away, or is there again. */
  lost(isLost: boolean): void;
}

/** Panels in space. It draws when something has changed, and rests otherwise. */
export class Scene {
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #events: SceneEvents;
  readonly #ended = new AbortController();
  readonly #sizes: ResizeObserver;
  #size: { readonly width: number; readonly height: number } | undefined;
  #renderer: Renderer | undefined;
  #panels: readonly Panel[] = [];
  /** Arrows from tensor to tensor: of the same panels they are the same. */
  #flow: readonly FlowLine[] = [];
  #traced: ReadonlySet<string> = new Set();
  #shown: (panel: Panel) => Shown = () => ({ scale: 1, palette: 0 });
  #strong: ((panel: Panel) => boolean) | undefined;
  #open: ReadonlySet<Panel> = new Set();
  #moment: Moment | undefined;
  /** How much there is of what it makes, where it is swept. */
  #swept = 1;
  /** When the moment began, while it lasts. */
  #began: number | undefined;
  #regions: readonly Region[] = [];
  #lines: readonly Line[] = [];
  #accent: Rgb = [220, 40, 120];
  #pose: Pose = { target: [0, 0, 0], yaw: 0, pitch: 0, distance: 100 };
  #way: { from: Pose; to: Pose; start: number } | undefined;
  #frame = 0;
  /** Pictures drawn so far. */
  frames = 0;
  /** How far the step of the computation was in the last of them. */
  share = 1;

  /** @returns undefined where there is no WebGL2 */
  static open(canvas: HTMLCanvasElement, events: SceneEvents): Scene | undefined {
    // The picture stays readable after it is drawn, as for a screenshot.
    const gl = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
    return gl ? new Scene(canvas, gl, events) : undefined;
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, events: SceneEvents) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#events = events;
    this.#renderer = new Renderer(gl);
    const { signal } = this.#ended;
    canvas.addEventListener(
      "webglcontextlost",
      (event) => {
        event.preventDefault();
        this.#renderer = undefined;
        events.lost(true);
      },
      { signal },
    );
    canvas.addEventListener(
      "webglcontextrestored",
      () => {
        this.#renderer = new Renderer(gl);
        events.lost(false);
        this.#fill();
      },
      { signal },
    );
    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(canvas);
  }

  get panels(): readonly Panel[] {
    return this.#panels;
  }

  get pose(): Pose {
    return this.#way?.to ?? this.#pose;
  }

  /** Pixels of the picture on the page, as they were observed last: to ask for them in each frame would lay the page out anew. */
  get size(): { readonly width: number; readonly height: number } {
    this.#size ??= { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    return this.#size;
  }

  get aspect(): number {
    const { width, height } = this.size;
    return Math.max(0.1, width / Math.max(1, height));
  }

  get camera(): Camera {
    return cameraOf(this.#pose, this.aspect);
  }

  get drawCalls(): number {
    return this.#renderer?.calls ?? 0;
  }

  /** Takes other panels, or other values for them. */
  show(panels: readonly Panel[], shown: (panel: Panel) => Shown): void {
    if (panels !== this.#panels) this.#flow = flowLines(panels);
    this.#panels = panels;
    this.#shown = shown;
    this.#fill();
  }

  /** Lets all but these stand back; undefined: none. */
  strengthen(strong: ((panel: Panel) => boolean) | undefined): void {
    this.#strong = strong;
    this.#fillPanels();
  }

  /** Lets arrows from one of these to another stand out. */
  trace(tensors: ReadonlySet<string>): void {
    this.#traced = tensors;
    this.#fillFlow();
    this.#ask();
  }

  /** What stands open. */
  get open(): ReadonlySet<Panel> {
    return this.#open;
  }

  /** Lets these stand open: only their outlines are drawn, and what is behind them is seen. */
  stand(open: ReadonlySet<Panel>): void {
    if (open.size === this.#open.size && [...open].every((panel) => this.#open.has(panel))) return;
    this.#open = open;
    this.#fillPanels();
  }

  /** Shows a step of a computation, or how it ends; undefined: all is there. */
  stream(moment: Moment | undefined, isGradual: boolean): void {
    this.#moment = moment;
    this.#began = moment && isGradual && !isStill() ? performance.now() : undefined;
    this.#swept = this.#began === undefined ? 1 : 0;
    this.#fillPanels();
  }

  /** Lets so much be there of what a swept step makes. */
  fill(share: number): void {
    if (!this.#moment?.isSwept) return;
    this.#swept = share;
    if (!this.#isStale) this.#renderer?.missing(this.#outputs, 1 - share);
    this.#ask();
  }

  /** How much of what the step makes is there. */
  get filled(): number {
    return this.#moment?.isSwept ? this.#swept : filled(this.share);
  }

  /** Frames cells, and draws lines between some. */
  mark(regions: readonly Region[], lines: readonly Line[], accent: Rgb): void {
    this.#regions = regions;
    this.#lines = lines;
    this.#accent = accent;
    this.#fillMarks();
    this.#ask();
  }

  /** Draws once more: what stands on it has changed. */
  again(): void {
    this.#ask();
  }

  /** Looks from elsewhere, at once or on the way of half a second. */
  look(pose: Pose, isGradual = false): void {
    const isAtOnce = !isGradual || isStill();
    this.#way = isAtOnce ? undefined : { from: this.#pose, to: pose, start: performance.now() };
    if (isAtOnce) this.#pose = pose;
    this.#ask();
  }

  /** The cell at a place of the page; what stands open is seen through where another plane of its tensor is behind it. */
  cellAt(clientX: number, clientY: number): PickedCell | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const x = (2 * (clientX - left)) / width - 1;
    const y = 1 - (2 * (clientY - top)) / height;
    const isOpen = (panel: Panel) => this.#open.has(panel);
    const found = pick(this.#panels, this.camera, x, y);
    if (!found || !isOpen(found.panel)) return found;
    const others = this.#panels.filter((panel) => !isOpen(panel));
    const behind = pick(others, this.camera, x, y);
    return behind?.panel.box === found.panel.box ? behind : found;
  }

  close(): void {
    this.#ended.abort();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #firsts = new Map<Grid, number>();

  #fill(): void {
    const grids = new Set(this.#panels.flatMap((panel) => this.#shown(panel).grid ?? []));
    const { texels, height, first } = atlasOf([...grids]);
    this.#firsts = new Map([...grids].map((grid, i) => [grid, first[i]!]));
    if (height > Renderer.room(this.#gl)) this.#firsts.clear();
    else this.#renderer?.atlas(texels, height);
    this.#fillFlow();
    this.#fillMarks();
    this.#fillPanels();
  }

  #fillFlow(): void {
    const isTraced = ({ source, target }: FlowLine) => this.#traced.has(source) && this.#traced.has(target);
    this.#renderer?.flow(lineInstances(this.#flow, isTraced));
  }

  #fillMarks(): void {
    this.#renderer?.frames(frameInstances(this.#regions));
    this.#renderer?.lines(lineInstances(this.#lines));
  }

  #looks: ReadonlyMap<Panel, Look> = new Map();
  #still: ArrayBuffer = new ArrayBuffer(0);
  #outputs: readonly number[] = [];
  #isStale = false;

  /** Panels are not as they were: with the next picture they are worked out anew, however often that is. */
  #fillPanels(): void {
    this.#isStale = true;
    this.#ask();
  }

  /** Works out all panels; while a step is shown, only what moves is worked out anew. */
  #arrange(): void {
    this.#isStale = false;
    const outputs = new Set(this.#moment?.outputs);
    this.#looks = new Map(this.#panels.map((panel) => [panel, this.#look(panel, outputs.has(panel))]));
    this.#still = panelInstances(this.#panels, (panel) => this.#looks.get(panel)!);
    this.#outputs = this.#panels.flatMap((panel, i) =>
      outputs.has(panel) && !this.#open.has(panel) ? i : [],
    );
  }

  #uploadPanels(): void {
    const moving = this.#moment ? travellers(this.#moment, this.share) : [];
    const looks = new Map(
      moving.map((each) => [travellingPanel(each), travellingLook(each, this.#looks.get(each.from)!)]),
    );
    this.#renderer?.panels(
      this.#still,
      panelInstances([...looks.keys()], (panel) => looks.get(panel)!),
    );
    this.#renderer?.missing(this.#outputs, 1 - this.filled);
  }

  #look(panel: Panel, isOutput: boolean): Look {
    const { grid, scale, palette } = this.#shown(panel);
    const first = grid && this.#firsts.get(grid);
    const { rows, columns } = first === undefined ? panel.box : grid!;
    const isThere = !this.#moment || isOutput || this.#moment.isThere(panel);
    const isStrong = isThere && (!this.#strong || this.#strong(panel));
    return {
      ...{ first: isThere ? (first ?? -1) : -1, rows, columns, scale, palette },
      ...{ strength: isStrong ? 1 : BACK, missing: this.#open.has(panel) ? OPEN : 0 },
    };
  }

  #resize(): void {
    this.#size = undefined;
    const { canvas, size } = this;
    const density = Math.min(2, devicePixelRatio);
    const [width, height] = [size.width * density, size.height * density].map(Math.round);
    if (canvas.width !== width) canvas.width = width!;
    if (canvas.height !== height) canvas.height = height!;
    // At once: a canvas of another size is empty.
    this.#draw();
  }

  #ask(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const now = performance.now();
    if (this.#way) {
      const share = Math.min(1, Math.max(0, now - this.#way.start) / WAY);
      this.#pose = between(this.#way.from, this.#way.to, share);
      if (share < 1) this.#ask();
      else [this.#pose, this.#way] = [this.#way.to, undefined];
    }
    const isMoving = this.#began !== undefined;
    this.share = this.#began === undefined ? 1 : Math.min(1, Math.max(0, now - this.#began) / STEP);
    if (this.share < 1) this.#ask();
    else this.#began = undefined;
    const isStale = this.#isStale;
    if (isStale) this.#arrange();
    if (isStale || isMoving) this.#uploadPanels();
    const thickness = LINE + PULSE * Math.sin(Math.PI * this.share);
    const { camera } = this;
    this.#renderer?.draw({ matrix: camera.matrix, accent: this.#accent, thickness });
    this.frames++;
    this.#events.drawn(camera);
  }
}
