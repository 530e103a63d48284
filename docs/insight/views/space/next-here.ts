import { messageOf } from "../../message-of.js";
import { nextLater } from "../../next/next-later.js";
import type { View } from "../../view.js";
import type { fields } from "./fields.js";
import type { Network } from "./shown.js";
import type { written } from "./written.js";

type Context = Parameters<View<typeof fields>["open"]>[1];

interface Read extends Pick<Context, "state" | "model" | "warn" | "signal"> {
  readonly end: ReturnType<typeof written>;
  /** Reads the text anew, which is the same. */
  readAgain(): void;
  pass(): Network["pass"];
}

/** What comes next, below the picture: what is chosen of it is put behind the text. */
export function nextHere({ state, model, end, warn, signal, readAgain, pass }: Read) {
  return nextLater({
    values: () => state.values,
    set: (patch) => state.set(patch, "drift"),
    write(text) {
      if (end.readOn(state.values.text)) {
        readAgain();
        return;
      }
      end.take(text, pass()!);
      // What is read stays, and its step of the run, for the longer text.
      state.set({ text, play: "no" });
    },
    ask: (settings) => model.call("nextTokens", settings, signal),
    ends: (question) => model.call("wordEnds", question, signal),
    failed: (error) => signal.aborted || warn(messageOf(error)),
  });
}
