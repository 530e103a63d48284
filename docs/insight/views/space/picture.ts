import { element } from "../../element.js";
import { messageOf } from "../../message-of.js";
import type { Rgb } from "../../palette.js";
import { type Camera, cameraOf, facing, moved, type Pose } from "../../scene/camera.js";
import type { Region } from "../../scene/instances.js";
import { bounds, type Panel } from "../../scene/layout.js";
import type { Line } from "../../scene/lines.js";
import { add, project, scale, type Vector } from "../../scene/matrix.js";
import { Scene } from "../../scene/scene.js";
import type { elsewhere, Made } from "./elsewhere.js";
import type { labels, TokensAt } from "./labels.js";
import { type Operands, overview } from "./overview.js";
import type { Rect } from "./pixels.js";
import type { Named, Names } from "./placing.js";

const ACCENT: { light: Rgb; dark: Rgb } = { light: [190, 20, 110], dark: [255, 110, 190] };

/** What is looked at along the way has so much room at least, in width and height. */
const ROOM: Vector = [180, 120, 0];
/** Pixels that words of rows take beside one column, of which a wide picture has such a share free anyway. */
const WORDS = { pixels: 54, free: 0.05 } as const;
/** What is followed takes so much of the picture's half at least. */
const LEAST = 0.5;

/** Hears from where it is looked at, and where something is written. */
type Watcher = (camera: Camera, written: readonly Rect[]) => void;

/** The scene with the names of its panels, or what stands there where the browser draws none. */
export interface SpacePicture {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly scene: Scene | undefined;
  /** Where there is no scene, leads to the view that shows the same. */
  readonly flat: HTMLAnchorElement;
  /** What is named in it, and by which titles where networks stand side by side. */
  name(panels: readonly Panel[], titles?: readonly Named[]): void;
  /** Where words of tokens stand, from where it is looked at. */
  nameTokens(at: TokensAt | undefined): void;
  /** Lets all but these tensors, which are read about, stand back, and names them first; undefined: none. */
  strengthen(read: ReadonlySet<string> | undefined): void;
  /** Hears of every picture that is drawn. */
  watch(listener: Watcher): void;
  /** Looks at these panels, and at their operands as far as there is room. What is far off is said at the edge. */
  face(
    panels: readonly Panel[],
    isGradual: boolean,
    from?: { yaw: number; pitch: number },
    operands?: Operands,
  ): void;
  /** Looks at them, too, where they are not seen well from here. */
  follow(panels: readonly Panel[], isGradual: boolean): void;
  /** What is made here: which of its operands are outside the picture is said at its edge, as far as they are. */
  tellMade(made: Made): void;
  /** Whether the reader has moved the eye: then a button leads back. */
  tellMoved(isMoved: boolean): void;
  /** Frames cells, draws lines between some, and lets panels stand open before them. */
  mark(regions: readonly Region[], lines?: readonly Line[], open?: ReadonlySet<Panel>): void;
}

/** `go` leads to a tensor outside the picture, `back` to what is read about. */
export function spacePicture(
  warn: (sentence: string | undefined) => void,
  go: (tensor: string) => void,
  back: () => void,
): SpacePicture {
  const canvas = element("canvas", {
    tabIndex: 0,
    attributes: {
      role: "img",
      "aria-label": "The network in space. Arrow keys go from cell to cell, Space goes on in the walk.",
    },
  });
  const flat = element("a", { href: "#v1/inside" }, "Inside");
  /** Both come behind the first picture. */
  let far: ReturnType<typeof elsewhere> | undefined;
  let names: ReturnType<typeof labels> | undefined;
  let toName: readonly [panels: readonly Panel[], titles?: readonly Named[] | undefined] = [[]];
  let named: Names | undefined;
  let made: Made = { outputs: [], operands: [] };
  /** What is faced, first of all what is to be read. */
  let looked: Made = made;
  let isMoved = false;
  let about: readonly Panel[] = [];
  let heard: Watcher = () => {};
  let nameAll = () => {};
  let tokens: TokensAt | undefined;
  let read: ReadonlySet<string> | undefined;
  const root = element("div", { className: "space-picture" }, canvas);
  const scene: Scene | undefined = openScene();
  if (!scene) {
    root.className = "space-none";
    root.replaceChildren(
      "This browser draws nothing in space (WebGL2). The same tensors, cell by cell, stand in the view ",
      flat,
      ", and a text runs through them there, too; the walk and the tables are here.",
    );
  }

  function openScene(): Scene | undefined {
    try {
      return Scene.open(canvas, {
        drawn(camera) {
          if (!scene) return;
          if (scene.pose !== markedFrom && marked.lines.length > 0) markAgain();
          heard(camera, follow(camera, scene));
          faceAgain(scene);
          canvas.dataset["camera"] = camera.matrix.join(" ");
          canvas.dataset["frames"] = `${scene.frames}`;
          canvas.dataset["calls"] = `${scene.drawCalls}`;
          canvas.dataset["open"] = `${scene.open.size}`;
          canvas.dataset["share"] = `${scene.share}`;
          canvas.dataset["filled"] = `${scene.filled}`;
        },
        lost: (isLost) =>
          warn(isLost ? "The graphics card was taken away. The picture comes back with it." : undefined),
      });
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  if (scene) {
    void import("./labels.js").then(({ labels, namesIn }) => {
      names = labels();
      canvas.after(names.root);
      nameAll = () => {
        named = namesIn(...toName);
      };
      nameAll();
      scene.again();
    }, warnOf);
    void import("./elsewhere.js").then(({ elsewhere }) => {
      // A button goes away where the eye goes there.
      const focus = () => canvas.focus({ preventScroll: true });
      far = elsewhere(
        (tensor) => {
          focus();
          go(tensor);
        },
        () => {
          focus();
          back();
        },
      );
      root.append(far.root);
      follow(scene.camera, scene);
    }, warnOf);
  }

  function warnOf(error: unknown): void {
    warn(messageOf(error));
  }

  /** What is written on the picture: where it is. */
  function follow(camera: Camera, scene: Scene): readonly Rect[] {
    const those = {
      outputs: [...made.outputs, ...looked.outputs],
      operands: [...made.operands, ...looked.operands],
    };
    const taken = far?.follow(those, camera, scene.size, about, isMoved) ?? [];
    // Whoever has moved the eye looks around, and wants names of everything.
    return names && named ? names.follow(named, tokens, camera, scene, taken, read, !isMoved) : taken;
  }

  let marked: { regions: readonly Region[]; lines: readonly Line[] } = { regions: [], lines: [] };
  let linesDrawn = 0;
  let markedFrom: Pose | undefined;
  /** Lines to a cell that the picture does not hold would lead nowhere: from where the eye comes to rest they are not drawn. */
  function linesSeen(): readonly Line[] {
    if (!scene) return [];
    markedFrom = scene.pose;
    const { matrix } = cameraOf(scene.pose, scene.aspect);
    return marked.lines.filter(({ to }) => {
      const { x, y, distance } = project(matrix, to);
      return distance > 0 && Math.abs(x) < 1 && Math.abs(y) < 1;
    });
  }

  function markAgain(): void {
    const lines = linesSeen();
    if (lines.length !== linesDrawn) drawMarks(lines);
  }

  function drawMarks(lines: readonly Line[]): void {
    linesDrawn = lines.length;
    const isDark = document.documentElement.classList.contains("dark");
    scene?.mark(marked.regions, lines, isDark ? ACCENT.dark : ACCENT.light);
    canvas.dataset["lines"] = `${lines.length}`;
  }

  /** What was faced last, and how: it is faced anew where the picture has another size and nobody has looked elsewhere. */
  let faced: { pose: Pose; width: number; height: number; again(): void } | undefined;
  function face(
    panels: readonly Panel[],
    isGradual: boolean,
    from?: { yaw: number; pitch: number },
    operands?: Operands,
  ): void {
    if (!scene || panels.length === 0) return;
    const { subject = [] } = operands ?? {};
    looked = { outputs: subject, operands: subject.length > 0 ? panels : [] };
    const width = Math.max(1, scene.size.width);
    const height = Math.max(1, scene.size.height);
    const isColumn = panels.every(({ section }) => section === panels[0]!.section);
    const words = isColumn ? Math.max(0, WORDS.pixels - WORDS.free * width) : 0;
    const seen = overview(panels, { width: width - words, height }, from, operands);
    const pose = moved(seen, words / 2 / height, 0);
    faced = { ...scene.size, pose, again: () => face(panels, false, from, operands) };
    scene.look(pose, isGradual);
  }

  function faceAgain({ pose, size }: Scene): void {
    const isOther = faced && (faced.width !== size.width || faced.height !== size.height);
    if (isOther && pose === faced?.pose) faced?.again();
  }

  return {
    root,
    canvas,
    scene,
    flat,
    name(...those) {
      toName = those;
      nameAll();
    },
    nameTokens(those) {
      tokens = those;
      scene?.again();
    },
    strengthen(those) {
      read = those;
      about =
        those && scene ? scene.panels.filter(({ box, plane }) => plane === 0 && those.has(box.name)) : [];
      scene?.strengthen(those && (({ box }) => those.has(box.name)));
    },
    watch(listener) {
      heard = listener;
    },
    face,
    tellMade(those) {
      made = those;
    },
    tellMoved(is) {
      if (is === isMoved) return;
      isMoved = is;
      scene?.again();
    },
    follow(panels, isGradual) {
      if (!scene || panels.length === 0) return;
      const { low, high } = withRoom(bounds(panels));
      const { matrix } = cameraOf(scene.pose, scene.aspect);
      const seen = [low, high].flatMap(([x, , z]) => [low, high].map(([, y]) => project(matrix, [x, y, z])));
      const [across, up] = [seen.map(({ x }) => x), seen.map(({ y }) => y)];
      const isInside = [...across, ...up].every((end) => Math.abs(end) < 1);
      const size = (ends: number[]) => Math.max(...ends) - Math.min(...ends);
      if (isInside && Math.max(size(across), size(up)) > LEAST) return;
      scene.look(facing(low, high, scene.aspect), isGradual);
    },
    mark(regions, lines = [], open = new Set()) {
      marked = { regions, lines };
      scene?.stand(open);
      drawMarks(linesSeen());
    },
  };
}

function withRoom({ low, high }: { low: Vector; high: Vector }): { low: Vector; high: Vector } {
  const more = (axis: 0 | 1) => Math.max(0, ROOM[axis] - (high[axis] - low[axis])) / 2;
  const by: Vector = [more(0), more(1), 0];
  return { low: add(low, scale(by, -1)), high: add(high, by) };
}
