import type { Camera } from "./camera.js";
import type { Panel } from "./layout.js";

/** A cell of a panel. */
export interface PickedCell {
  readonly panel: Panel;
  readonly row: number;
  readonly column: number;
}

/** The cell that is seen at a place of the picture, x and y from -1 to 1; undefined where none is. */
export function pick(panels: readonly Panel[], camera: Camera, x: number, y: number): PickedCell | undefined {
  const { eye } = camera;
  const ray = camera.ray(x, y);
  let nearest = Infinity;
  let picked: PickedCell | undefined;
  for (const panel of panels) {
    const { at, size, box } = panel;
    // The body of the panel: what is behind it is hidden, though it has no cells there.
    let [from, to] = [0, Infinity];
    for (let i = 0; i < 3; i++) {
      const [low, high] = i === 0 ? [at[0], at[0] + size[0]] : [at[i]! - size[i]!, at[i]!];
      const [one, other] = [(low - eye[i]!) / ray[i]!, (high - eye[i]!) / ray[i]!];
      from = Math.max(from, Math.min(one, other));
      to = Math.min(to, Math.max(one, other));
    }
    if (!(from <= to) || from >= nearest) continue;
    nearest = from;
    const front = (at[2] - eye[2]) / ray[2];
    const right = eye[0] + front * ray[0] - at[0];
    const down = at[1] - (eye[1] + front * ray[1]);
    const isFront = ray[2] < 0 && right >= 0 && right <= size[0] && down >= 0 && down <= size[1];
    picked = isFront
      ? {
          panel,
          row: Math.min(box.rows - 1, Math.floor((down / size[1]) * box.rows)),
          column: Math.min(box.columns - 1, Math.floor((right / size[0]) * box.columns)),
        }
      : undefined;
  }
  return picked;
}
