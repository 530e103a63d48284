import type { Facts } from "../facts.js";
import type { Fields } from "../fields.js";
import type { Key } from "../keys.js";
import { isStill } from "../motion.js";
import { type Place, readFields, State } from "../state.js";
import { cutToLink, fields, fieldsAt, textIn } from "./fields.js";
import { TOUR } from "./offer.js";
import { tourPanel } from "./panel.js";
import { STOPS, type Stop } from "./stops.js";

/** What a reader does who wants to see something of their own choice. */
const INPUTS = ["keydown", "pointerdown", "touchstart", "wheel"] as const;

interface Actions {
  /** The view that is open. */
  readonly view: HTMLElement;
  /** What is shown in it. */
  values(): Readonly<Record<string, unknown>> | undefined;
  /** Goes on, or back, within the view. @returns whether there is more of it */
  walkBy(by: number): boolean;
  /** Closes the view: its state is not the next stop's. */
  leave(): void;
  /** The address names another stop. */
  moved(): void;
}

/** One story through all views: where it stands is part of the address, beside the view's own state. */
export class Tour {
  readonly root: HTMLElement;
  readonly #actions: Actions;
  readonly #panel: ReturnType<typeof tourPanel>;
  #state: State<typeof fields> | undefined;
  #facts: Facts = {};
  readonly #closed = new AbortController();
  /** Until the reader does something, what the stop is about is brought into sight, wherever it is drawn. */
  #arrives = false;
  /** A scroll to it has begun: it may be on its way to where it stood then. */
  #moves = false;

  /** `root` is where it was offered, and is told. */
  constructor(root: HTMLElement, actions: Actions) {
    this.root = root;
    this.#actions = actions;
    this.#panel = tourPanel(root, {
      go: (stop) => this.go(stop),
      by: (by) => this.by(by),
      show: () => this.#show(true),
    });
    // The panel stands before what is scrolled to; a view that is still drawn moves it.
    const sizes = new ResizeObserver(() => {
      this.root.parentElement?.style.setProperty("--tour-height", `${this.root.offsetHeight}px`);
      if (this.#arrives) this.#show();
    });
    for (const each of [this.root, actions.view]) sizes.observe(each);
    const { signal } = this.#closed;
    // On its way the site's own bar may have come, and the panel stands below it.
    const arrived = () => {
      if (this.#arrives) this.#show();
    };
    window.addEventListener("scrollend", arrived, { signal });
    signal.addEventListener("abort", () => sizes.disconnect());
    const acted = () => {
      this.#arrives = false;
    };
    for (const input of INPUTS)
      window.addEventListener(input, acted, { signal, capture: true, passive: true });
  }

  get keys(): readonly Key[] {
    if (!this.stop) return [{ key: ">", does: "begins the story", run: () => this.go(1) }];
    return [
      { key: ">", does: "goes on in the story", run: () => this.by(1) },
      { key: "<", does: "goes back in the story", run: () => this.by(-1) },
    ];
  }

  /** The stop that is told; undefined: none. */
  get stop(): Stop | undefined {
    return STOPS[this.#number - 1];
  }

  get #number(): number {
    return this.#state?.values.stop ?? 0;
  }

  /** What the open view has to be opened anew for when it changes. */
  get key(): string {
    return this.#state ? `${this.#number} ${this.#state.values.text}` : "";
  }

  /** Takes what the address says. @returns what was not understood */
  follow(places: readonly Place[]): string | undefined {
    const place = places.find(({ view }) => view === TOUR);
    const before = this.key;
    this.#state?.close();
    this.#state = undefined;
    let strange: string | undefined;
    if (place) {
      const { values, note } = readFields(fields, place.written);
      const stop = Math.max(1, values.stop);
      this.#state = new State(TOUR, fields, { ...values, stop }, this.#actions.moved);
      strange = note;
    }
    if (this.key !== before) this.#arrive();
    this.#draw();
    return strange;
  }

  /** A view's fields at the stop. */
  fieldsOf(all: Fields): Fields {
    return this.#state && this.stop ? fieldsAt(this.stop, this.#state.values.text, all) : all;
  }

  /** Goes a step on or back: within the stop, if there is more of it. */
  by(by: number): void {
    if (!this.#actions.walkBy(by)) this.go(this.#number + by);
  }

  /** Goes to a stop, with the text as the reader has it now. */
  go(to: number): void {
    if (to < 1 || to > STOPS.length) return;
    const values = this.#actions.values();
    const own = this.stop && values && textIn(this.stop, values);
    this.#begin(to, cutToLink(own || (this.#state?.values.text ?? fields.text.initial)));
    this.#panel.focus();
  }

  /** The reader has opened a run: what was told so far is its story now. */
  restart(): void {
    if (this.#state) this.#begin(this.#number, fields.text.initial);
  }

  /** Takes what the view shows. */
  tell(facts: Facts): void {
    this.#facts = facts;
    this.#draw();
    const part = this.#part();
    if (!part?.classList.contains("tour-part")) {
      for (const old of this.#actions.view.querySelectorAll(".tour-part")) old.classList.remove("tour-part");
      part?.classList.add("tour-part");
    }
    if (this.#arrives) this.#show();
  }

  close(): void {
    this.#closed.abort();
    this.#state?.close();
  }

  #begin(stop: number, text: string): void {
    this.#actions.leave();
    this.#arrive();
    this.#state ??= new State(TOUR, fields, { stop: 0, text }, this.#actions.moved);
    this.#state.set({ stop, text });
  }

  /** Nothing is told of another stop yet. */
  #arrive(): void {
    this.#facts = {};
    this.#arrives = true;
    this.#moves = false;
    // From the top of the new view: where the former was scrolled to says nothing in this one.
    const frame = this.root.parentElement;
    if (frame && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ behavior: "instant" });
  }

  #draw(): void {
    this.#panel.draw(this.#number, this.#facts);
  }

  #part(): HTMLElement | null {
    return this.stop ? this.#actions.view.querySelector<HTMLElement>(this.stop.part) : null;
  }

  /**
   * Scrolls to what the stop is about, so that it stands below the panel; not at all where all of it is in sight. In a low window
   * the panel does not stay: it is read first, and the rest is scrolled to when that is asked for.
   */
  #show(isAsked = false): void {
    const part = this.#part();
    if (!part) return;
    const stays = getComputedStyle(this.root).position === "sticky";
    const to = stays || isAsked ? part : this.root;
    const { top, bottom } = to.getBoundingClientRect();
    const above = to === part ? this.root.getBoundingClientRect().bottom : 0;
    if (top >= above && bottom <= innerHeight && !this.#moves) return;
    this.#moves = true;
    to.scrollIntoView({ block: "start", behavior: isStill() ? "instant" : "smooth" });
  }
}
