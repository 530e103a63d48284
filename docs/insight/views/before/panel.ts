import type { Facts } from "../../facts.js";
import type { Model } from "../../model.js";
import type { ModelHolder } from "../../models.js";
import type { BeforeState } from "./fields.js";

/** What a part of the view works with. */
export interface Desk {
  readonly model: Model;
  readonly holder: ModelHolder;
  change(patch: Partial<BeforeState>, kind?: "step" | "drift"): void;
  /** Says a sentence to those who do not see the picture. */
  say(sentence: string): void;
  /** Tells what is drawn now, for the sentences of a story. */
  tell(facts: Facts): void;
  /** Aborted when the view is closed. */
  readonly signal: AbortSignal;
}

/** A part of the view. */
export interface Panel {
  readonly title: string;
  readonly root: HTMLElement;
  /** Its fields take what the state says. */
  follow(values: BeforeState): void;
  /** Computes what the state says and draws it. @returns what is shown, for who waits for it */
  draw(values: BeforeState, signal: AbortSignal): Promise<string>;
}
