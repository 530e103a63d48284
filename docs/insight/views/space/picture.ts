import { element } from "../../element.js";
import type { Rgb } from "../../palette.js";
import { cameraOf, facing } from "../../scene/camera.js";
import type { Region } from "../../scene/instances.js";
import { bounds, type Panel } from "../../scene/layout.js";
import type { Line } from "../../scene/lines.js";
import { add, project, scale, type Vector } from "../../scene/matrix.js";
import { Scene } from "../../scene/scene.js";
import { labels, type RowsNamed } from "./labels.js";
import type { Named } from "./placing.js";

const ACCENT: { light: Rgb; dark: Rgb } = { light: [190, 20, 110], dark: [255, 110, 190] };

/** Several columns are seen nearly from the front, where they are equally large. */
const FRONT = { yaw: 0.12, pitch: 0.1 } as const;
/** Pixels above them for their names. */
const HEAD = 30;
/** What is looked at along the way has so much room at least, in width and height. */
const ROOM: Vector = [180, 120, 0];
/** What is followed takes so much of the picture's half at least. */
const LEAST = 0.4;

/** The scene with the names of its panels, or what stands there where the browser draws none. */
export interface SpacePicture {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly scene: Scene | undefined;
  /** Where there is no scene, leads to the view that shows the same. */
  readonly flat: HTMLAnchorElement;
  /** What is named in it. */
  name(named: readonly Named[]): void;
  /** What has a word for each of its rows. */
  nameRows(rows: readonly RowsNamed[]): void;
  /** Looks at the whole of these panels. */
  face(panels: readonly Panel[], isGradual: boolean, from?: { yaw: number; pitch: number }): void;
  /** Looks at them, too, where they are not seen well from here. */
  follow(panels: readonly Panel[], isGradual: boolean): void;
  /** Frames cells, and draws lines between some. */
  mark(regions: readonly Region[], lines?: readonly Line[]): void;
}

export function spacePicture(warn: (sentence: string | undefined) => void): SpacePicture {
  const canvas = element("canvas", {
    tabIndex: 0,
    attributes: {
      role: "img",
      "aria-label": "The network in space. Arrow keys go from cell to cell, Space goes on in the walk.",
    },
  });
  const flat = element("a", { href: "#v1/inside" }, "Inside");
  const names = labels();
  let named: readonly Named[] = [];
  let rows: readonly RowsNamed[] = [];
  const root = element("div", { className: "space-picture" }, canvas, names.root);
  const scene: Scene | undefined = openScene();
  if (!scene) {
    root.className = "space-none";
    root.replaceChildren(
      "This browser draws nothing in space (WebGL2). The same tensors, cell by cell, stand in the view ",
      flat,
      ", and a text runs through them there, too; the walk and the tables are here.",
    );
  }

  /** What names take above so much height. */
  function headRoom(height: number): number {
    const share = Math.min(0.2, HEAD / Math.max(1, canvas.clientHeight));
    return (height * share) / (1 - share);
  }

  function openScene(): Scene | undefined {
    try {
      return Scene.open(canvas, {
        drawn(camera) {
          if (!scene) return;
          names.follow(named, rows, camera);
          canvas.dataset["camera"] = camera.matrix.join(" ");
          canvas.dataset["frames"] = `${scene.frames}`;
          canvas.dataset["calls"] = `${scene.drawCalls}`;
          canvas.dataset["share"] = `${scene.share}`;
        },
        lost: (isLost) =>
          warn(isLost ? "The graphics card was taken away. The picture comes back with it." : undefined),
      });
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  return {
    root,
    canvas,
    scene,
    flat,
    name(those) {
      named = those;
    },
    nameRows(those) {
      rows = those;
    },
    face(panels, isGradual, from) {
      if (!scene || panels.length === 0) return;
      const { low, high } = bounds(panels);
      const isOne = panels.every(({ section }) => section === panels[0]!.section);
      const top = high[1] + (isOne ? 0 : headRoom(high[1] - low[1]));
      const pose = facing(low, [high[0], top, high[2]], scene.aspect, from ?? (isOne ? undefined : FRONT));
      scene.look(pose, isGradual);
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
    mark(regions, lines = []) {
      const isDark = document.documentElement.classList.contains("dark");
      scene?.mark(regions, lines, isDark ? ACCENT.dark : ACCENT.light);
      canvas.dataset["lines"] = `${lines.length}`;
    },
  };
}

function withRoom({ low, high }: { low: Vector; high: Vector }): { low: Vector; high: Vector } {
  const more = (axis: 0 | 1) => Math.max(0, ROOM[axis] - (high[axis] - low[axis])) / 2;
  const by: Vector = [more(0), more(1), 0];
  return { low: add(low, scale(by, -1)), high: add(high, by) };
}
