import type { View } from "./view.js";

/** A view that is loaded when it is opened. */
interface ViewEntry {
  readonly name: string;
  readonly title: string;
  /** Its field `text` is a sentence that the reader takes along to other views. */
  readonly hasText?: true;
  load(): Promise<View>;
}

// A view knows the kinds of its own fields, and the frame passes them on unread.
const loaded = (view: unknown) => view as View;

/** In the order of the chapters. */
export const VIEWS: readonly ViewEntry[] = [
  {
    name: "data",
    title: "Data",
    load: async () => loaded((await import("./views/data.js")).data),
  },
  {
    name: "tokens",
    title: "Tokens",
    hasText: true,
    load: async () => loaded((await import("./views/tokens.js")).tokens),
  },
  {
    name: "training",
    title: "Training",
    load: async () => loaded((await import("./views/training.js")).training),
  },
  {
    name: "inside",
    title: "Inside",
    hasText: true,
    load: async () => loaded((await import("./views/inside.js")).inside),
  },
  {
    name: "space",
    title: "In 3D",
    hasText: true,
    load: async () => loaded((await import("./views/space.js")).space),
  },
  {
    name: "before",
    title: "Base and after",
    load: async () => loaded((await import("./views/before.js")).before),
  },
  {
    name: "sampling",
    title: "Sampling",
    hasText: true,
    load: async () => loaded((await import("./views/sampling.js")).sampling),
  },
];
