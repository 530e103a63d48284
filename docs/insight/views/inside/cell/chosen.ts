import { textsOf } from "../../../cells/words.js";
import type { Overview } from "../../../engine/inside.js";
import type { ModelInfo } from "../../../engine/opened.js";
import type { Model } from "../../../model.js";
import { indexAt, type Place, placeOf } from "../../../scheme.js";
import { CellFollower, type FollowedCell } from "./follower.js";
import { cellPanel } from "./panel.js";

/** Milliseconds of rest before the address follows a chosen cell. */
const PACE = 250;

interface Actions {
  /** The pass that is shown, and its model. */
  overview(): Overview;
  info(): ModelInfo;
  /** The address is to name it: a step of its own, or the last one goes on. */
  choose(tensor: string, index: readonly number[], kind: "step" | "drift"): void;
  /** Whether a run goes on by itself: a chosen cell pauses it. */
  isPlaying(): boolean;
  /** How it came about is shown. */
  drawn(cell: FollowedCell): void;
  failed(error: unknown): void;
  readonly model: Model;
  readonly signal: AbortSignal;
}

/** The chosen cell: its tensor cell by cell with how it came about, at once; the address follows when it rests. */
export function chosenCell({ overview, info, choose, isPlaying, drawn, failed, model, signal }: Actions) {
  const panel = cellPanel({
    chosen(place, kept) {
      point(place);
      if (kept) keep();
    },
    moved(rows, columns) {
      const shape = shapeOf(cell.tensor);
      const [height, width] = [shape.at(-2) ?? 1, shape.at(-1)!];
      const row = Math.max(0, Math.min(height - 1, cell.place.row + rows));
      const column = Math.max(0, Math.min(width - 1, cell.place.column + columns));
      point({ ...cell.place, row, column });
      keep();
    },
    plane(plane) {
      point({ ...cell.place, plane });
      keep();
    },
    follow: (tensor, index) => choose(tensor, index, "step"),
  });
  const cell = new CellFollower(model, signal, (followed) => {
    const { tensor, place, part, explained } = followed;
    const { of } = part;
    const { operation, kind } = of.descriptions.find(({ name }) => name === tensor)!;
    const tokens = textsOf(of, info());
    panel.draw(tensor, operation ?? kind, of.pictures[tensor]!, part, place, tokens);
    panel.explain(explained, of, tokens);
    drawn(followed);
  });
  let keeping: ReturnType<typeof setTimeout> | undefined;

  const shapeOf = (tensor: string) => overview().pictures[tensor]!.shape;
  const at = () => ({ tensor: cell.tensor, index: indexAt(shapeOf(cell.tensor), cell.place) });
  const follow = () => void cell.follow(overview).catch(failed);

  /** Shows how a cell came about; the address stays as it is. */
  function point(place: Place): void {
    cell.place = place;
    follow();
  }

  /** The address follows the chosen cell when it rests; a run that goes on pauses for it. */
  function keep(): void {
    clearTimeout(keeping);
    if (isPlaying()) save();
    else keeping = setTimeout(save, PACE);
  }

  function save(): void {
    if (signal.aborted) return;
    const { tensor, index } = at();
    choose(tensor, index, "drift");
  }

  function take(tensor: string, index: readonly number[]): void {
    // What rests until it is kept was of the place before.
    clearTimeout(keeping);
    cell.tensor = tensor;
    cell.place = placeOf(shapeOf(tensor), index);
  }

  return {
    root: panel.root,
    /** Brings it into sight. */
    goTo: panel.goTo,
    /** Its tensor, and where it is. */
    at,
    /** What was drawn last. */
    shown: () => cell.shown,
    take,
    follow,
    /** Takes another one by hand. */
    chosen(tensor: string, index: readonly number[]): void {
      take(tensor, index);
      follow();
      keep();
    },
  };
}
