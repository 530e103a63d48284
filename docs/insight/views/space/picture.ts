import { element } from "../../element.js";
import type { Rgb } from "../../palette.js";
import { facing } from "../../scene/camera.js";
import type { Region } from "../../scene/instances.js";
import { bounds, type Panel } from "../../scene/layout.js";
import { Scene } from "../../scene/scene.js";
import { labels } from "./labels.js";

const ACCENT: { light: Rgb; dark: Rgb } = { light: [190, 20, 110], dark: [255, 110, 190] };

/** The scene with the names of its panels, or what stands there where the browser draws none. */
export interface SpacePicture {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly scene: Scene | undefined;
  /** Looks at the whole of these panels. */
  face(panels: readonly Panel[], isGradual: boolean): void;
  frame(regions: readonly Region[]): void;
}

export function spacePicture(warn: (sentence: string | undefined) => void): SpacePicture {
  const canvas = element("canvas", {
    tabIndex: 0,
    attributes: {
      role: "img",
      "aria-label": "The network in space. Arrow keys go from cell to cell, Space goes on in the walk.",
    },
  });
  const names = labels();
  const root = element("div", { className: "space-picture" }, canvas, names.root);
  const scene: Scene | undefined = openScene();
  if (!scene) {
    root.className = "space-none";
    root.replaceChildren(
      "This browser draws nothing in space (WebGL2). The same tensors, cell by cell, stand in the view ",
      element("a", { href: "#v1/inside" }, "Inside"),
      "; the walk and the tables are here.",
    );
  }

  function openScene(): Scene | undefined {
    try {
      return Scene.open(canvas, {
        drawn(camera) {
          if (!scene) return;
          names.follow(scene.panels, camera);
          canvas.dataset["camera"] = camera.matrix.join(" ");
          canvas.dataset["frames"] = `${scene.frames}`;
          canvas.dataset["calls"] = `${scene.drawCalls}`;
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
    face(panels, isGradual) {
      if (!scene || panels.length === 0) return;
      const { low, high } = bounds(panels);
      scene.look(facing(low, high, scene.aspect), isGradual);
    },
    frame(regions) {
      const isDark = document.documentElement.classList.contains("dark");
      scene?.frame(regions, isDark ? ACCENT.dark : ACCENT.light);
    },
  };
}
