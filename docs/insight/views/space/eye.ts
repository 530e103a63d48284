import type { Operation } from "../../flow/operations.js";
import type { Panel } from "../../scene/layout.js";
import type { State } from "../../state.js";
import type { fields } from "./fields.js";
import type { Highlights } from "./highlights.js";
import type { Spot } from "./phases.js";
import type { spacePicture } from "./picture.js";
import type { Reading } from "./reading.js";

interface Seen {
  readonly state: State<typeof fields>;
  readonly picture: ReturnType<typeof spacePicture>;
  readonly highlights: Highlights;
  readonly reading: Reading;
  /** Whether networks are compared. */
  isCompared(): boolean;
}

/** Networks are compared from the front, where the same is equally large. */
const FRONT = { yaw: 0.1, pitch: 0.1 } as const;

/** Where the eye looks by itself; where the reader has moved it, it stays. */
export function ownEye({ state, picture, highlights, reading, isCompared }: Seen) {
  let shown: Spot | undefined;

  /** Looks at what is read about, and what it is made of. */
  function facePart(isGradual: boolean): void {
    picture.face(highlights.looked(), isGradual, isCompared() ? FRONT : undefined, highlights.operands());
  }

  return {
    facePart,
    /** Looks at networks side by side. */
    compare: (panels: readonly Panel[]) => picture.face(panels, true, FRONT),
    /** Looks at what a run makes up to its last operation; undefined: it is over. */
    follow(upTo: readonly Operation[] | undefined, made: readonly Panel[] | undefined): void {
      // Where nothing is made, what is read is faced.
      if (!made || state.values.eye || (upTo && reading.isExplained(upTo.length))) return;
      if (!upTo) facePart(true);
      else if (reading.isByLayers(upTo.length)) return;
      else if (reading.isRest(upTo.length)) facePart(true);
      else picture.follow(made, true);
    },
    /** Looks where the state says, and at another part that is read; `isNew` where the network is another. */
    draw(isNew: boolean): void {
      const { eye, tensor } = state.values;
      const now = reading.spot;
      const isOther = isNew || now.chapter !== shown?.chapter || now.phase !== shown.phase;
      // On its way there it goes on.
      if (eye && eye !== picture.scene?.pose) picture.scene?.look(eye);
      const chosen = isNew ? highlights.planesOf(tensor) : [];
      if (!eye && isOther) {
        if (chosen.length > 0) picture.face(chosen, false, undefined, highlights.operandsOf(tensor));
        else facePart(shown !== undefined && !isNew);
      }
      shown = now;
    },
  };
}
