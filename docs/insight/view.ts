import type { Facts } from "./facts.js";
import type { Fields, Values } from "./fields.js";
import type { Key } from "./keys.js";
import type { Model } from "./model.js";
import type { NamedFile } from "./run/named-file.js";
import type { State } from "./state.js";

/** What an open view is given. */
interface Context<F extends Fields> {
  readonly state: State<F>;
  readonly model: Model;
  /** Says a sentence to those who do not see the picture. */
  say(sentence: string): void;
  /** Shows what went wrong, in words; undefined takes it away. */
  warn(sentence: string | undefined): void;
  /** Tells what is drawn now, for the sentences of a story. */
  tell(facts: Facts): void;
  /** Aborted when the view is closed. */
  readonly signal: AbortSignal;
}

/** An open view. */
export interface Opened {
  /** Draws the state anew: it has changed, or Back was pressed. */
  update(): void;
  readonly keys: readonly Key[];
  /** Goes on, or back, within what it shows. @returns whether there is more of it */
  walkBy?(by: number): boolean;
  /** Takes files that were dropped on it, which are no run's. */
  take?(files: readonly NamedFile[]): void;
}

/** A picture of one stage that can be touched. */
export interface View<F extends Fields = Fields> {
  readonly name: string;
  readonly title: string;
  /** What it answers. */
  readonly question: string;
  readonly fields: F;
  open(root: HTMLElement, context: Context<F>): Opened;
}

export type StateValues<V> = V extends View<infer F> ? Values<F> : never;
