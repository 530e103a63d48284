import { element } from "../../../element.js";
import { svgElement } from "../../../svg-element.js";
import { visible } from "../../../token-line.js";
import { dots, STEPS } from "./attention-dots.js";
import { type BlockColumn, blockColumns } from "./columns.js";
import { type BlockLayout, blockLayout, READ_PITCH, type Room, rowAt, TOKENS } from "./layout.js";
import { dropoutMarks } from "./marks.js";
import type { About } from "./names.js";
import { type NormNote, normNotes } from "./norm-notes.js";
import { blocksAfter, blocksBefore, bypasses, flowRibbons, nextRibbons, valueRibbons } from "./ribbons.js";
import type { ShownBlock } from "./shown.js";
import { blockSum } from "./sums.js";
import type { Part } from "./tensors.js";

/** The share of the most that is looked at from which on a ribbon is lit. */
const SEEN = 0.15;

/** A block as it is drawn, to be lit. */
export class DrawnBlock {
  readonly layout: BlockLayout;
  readonly columns: readonly BlockColumn[];
  /** Where two rows are added, and where dropout acts in training. */
  readonly marks: readonly HTMLButtonElement[];
  /** What says what comes behind this block, and opens it. */
  readonly after: HTMLButtonElement;
  readonly nodes: Element[];
  readonly #shown: ShownBlock;
  readonly #svg: SVGSVGElement;
  readonly #values = svgElement("g", { class: "ribbons value weighed" });
  /** Around the dots of the key that is looked at. */
  readonly #rings = STEPS.map((step) => [step, svgElement("circle", { class: "dots-ring", r: 0 })] as const);
  readonly #tokens: readonly HTMLElement[];
  /** Beside them, where the block begins with the embedding. */
  readonly #ids: readonly HTMLElement[];
  /** What is hidden until its tensor is made. */
  readonly #made: readonly (readonly [part: Part | "next", drawn: Element])[];

  readonly #next: SVGGElement;
  readonly #norms: readonly NormNote[];

  /** `list` are the next tokens. */
  constructor(shown: ShownBlock, room: Room, list: HTMLElement) {
    const { block, head, info } = shown;
    const { ids, attention } = block.overview;
    this.#shown = shown;
    const { names } = block.tensors;
    this.layout = blockLayout(ids.length, room, (part) => names[part] !== undefined);
    const { columns, labels } = blockColumns(this.layout, shown);
    this.columns = columns;
    const more = attention.length - 1 - block.layer;
    const ribbons = [
      ...flowRibbons(this.layout, ids.length, { head, heads: attention[block.layer]!.heads }),
      ...bypasses(this.layout),
      blocksAfter(this.layout, ids.length, more),
    ];
    this.#next = ribbons.at(-1)!.root;
    const squares = STEPS.map((step) => [step, dots(step, this.layout.columns[step]!, block, head)] as const);
    this.#svg = svgElement(
      "svg",
      { class: "block-svg", width: this.layout.width, height: this.layout.height, "aria-hidden": "true" },
      blocksBefore(this.layout, ids.length, block.layer),
      ...ribbons.map(({ root }) => root),
      this.#values,
      ...squares.map(([, root]) => root),
      ...this.#rings.map(([, ring]) => ring),
    );
    const { next, hasList } = this.layout;
    list.style.cssText = hasList
      ? `position: absolute; left: ${next.x}px; top: ${next.top}px; width: ${next.width}px`
      : "";
    this.#norms = normNotes(this.layout, shown);
    this.#made = [
      ["next", list],
      ...ribbons.map(({ part, root }) => [part, root] as const),
      ["found", this.#values],
      ...squares,
      ...columns.map(({ part, root }) => [part, root] as const),
    ];
    const { into } = this.layout.columns;
    this.#tokens = ids.map((id, at) => {
      const token = element("span", { className: "block-token" }, visible(info.tokens[id]!));
      token.style.top = `${rowAt(into!, at)}px`;
      if (into!.pitch < 15)
        token.style.font = `12px / ${Math.min(14, Math.max(READ_PITCH, into!.pitch))}px var(--vp-font-family-mono)`;
      token.dataset["token"] = `${at}`;
      return token;
    });
    const texts = element("div", { className: "block-tokens" }, ...this.#tokens);
    Object.assign(texts.style, { width: `${TOKENS}px`, height: `${this.layout.height}px` });
    const isTied = !block.overview.descriptions.some(({ name }) => name === "lm_head.weight");
    const table = isTied ? "token table" : "output table";
    const blocks = more === 0 ? "" : `${more} more ${more === 1 ? "block" : "blocks"}, `;
    const words = hasList
      ? `${more === 0 ? "" : `${blocks}last norm × ${table}: `}next token`
      : "next token below";
    this.after = element(
      "button",
      {
        type: "button",
        className: "block-label above next",
        attributes: {
          // Who says what is seen finds it.
          "aria-label": `${words}. After ${blocks}the last norm, the product with the ${table}, and softmax. Opens large.`,
        },
      },
      words,
    );
    Object.assign(this.after.style, {
      ...{ left: `${next.x + next.width / 2}px`, top: `${next.top - 4}px` },
      width: `${next.width}px`,
    });
    const dropout = dropoutMarks(this.layout, shown);
    // By Tab, a sum comes after what is added.
    const roots = columns.flatMap(({ part, root }) => [...blockSum(part, this.layout), root]);
    this.marks = [...roots, ...dropout].filter((each) => each.dataset["on"]);
    this.#ids = names.token === undefined ? [] : this.#idsOf(ids);
    const before = names.token === undefined ? this.#blocksBefore() : this.#ids;
    this.nodes = [texts, this.#svg, ...roots, ...labels, ...before, ...dropout];
    this.nodes.push(...this.#norms.map(({ root }) => root), this.after);
    if (hasList) this.nodes.push(list);
  }

  /** What the stream has gone through before this block. */
  #blocksBefore(): HTMLElement[] {
    const { layer } = this.#shown.block;
    const into = this.layout.columns.into!;
    const words = element(
      "span",
      { className: "block-label above", attributes: { "aria-hidden": "true" } },
      `after ${layer}\u00a0${layer === 1 ? "block" : "blocks"}`,
    );
    Object.assign(words.style, { left: `${(TOKENS + into.x) / 2}px`, top: `${into.top - 4}px` });
    return [words];
  }

  /** Each token's place in the vocabulary, beside its row. */
  #idsOf(ids: readonly number[]): HTMLElement[] {
    const token = this.layout.columns.token!;
    return ids.map((id, at) => {
      const words = element(
        "span",
        { className: "block-id", attributes: { "aria-hidden": "true" } },
        `${id}`,
      );
      Object.assign(words.style, { left: `${token.x - 4}px`, top: `${rowAt(token, at)}px` });
      return words;
    });
  }

  /** The ribbons to the next tokens are as thick as these are probable. */
  next(shares: readonly number[]): void {
    const last = this.#shown.block.overview.ids.length - 1;
    for (const path of this.#next.querySelectorAll("path")) path.remove();
    if (this.layout.hasList) this.#next.prepend(...nextRibbons(this.layout, shares, last));
  }

  /** A token with its query, what it looks at and what it becomes; the others are faint. With a key, only that one is looked at. */
  light(token: number, key?: number): void {
    const { block, head } = this.#shown;
    const T = block.overview.ids.length;
    const weights = block.rows("weights", head).values.subarray(token * T, (token + 1) * T);
    const most = weights.reduce((high, each) => Math.max(high, each), 0);
    const own = Array.from({ length: T }, (_, at) => (at === token ? 1 : 0));
    const looked = own.map((_, at) => weights[at]! / most);
    const keys = key === undefined ? looked : own.map((_, at) => (at === key ? 1 : 0));
    for (const { part, light } of this.columns)
      light(part === "key" ? keys : part === "value" ? looked : own);
    this.#values.replaceChildren(...valueRibbons(this.layout, weights, token));
    for (const each of this.#svg.querySelectorAll<SVGElement>("[data-token]")) {
      const at = Number(each.dataset["token"]);
      const { classList } = each.parentElement!;
      const shares = classList.contains("key") ? keys : classList.contains("value") ? looked : own;
      each.classList.toggle("lit", shares[at]! > SEEN);
    }
    const { pitch } = this.layout.columns.into!;
    // Where there is no room for all, the chosen one is always there.
    const step = pitch < READ_PITCH ? Math.ceil((READ_PITCH + 1) / pitch) : 1;
    const isWritten = (at: number) =>
      at === token || (at % step === 0 && Math.abs(at - token) * pitch >= READ_PITCH);
    for (const each of [this.#tokens, this.#ids])
      for (const [at, words] of each.entries()) words.hidden = !isWritten(at);
    for (const [at, each] of this.#tokens.entries()) {
      each.classList.toggle("chosen", at === token);
      each.style.background = `color-mix(in srgb, var(--four) ${Math.round(45 * weights[at]!)}%, transparent)`;
    }
    for (const { draw } of this.#norms) draw(token);
    for (const [step, ring] of this.#rings) {
      const { x, pitch, top } = this.layout.columns[step]!;
      ring.setAttribute("cx", `${x + ((key ?? 0) + 0.5) * pitch}`);
      ring.setAttribute("cy", `${top + (token + 0.5) * pitch}`);
      ring.setAttribute("r", key === undefined ? "0" : `${Math.max(4, pitch / 2)}`);
    }
  }

  /** Lights what is told of now. Only in a walk is all else faint. */
  at(about: About | undefined, isWalk: boolean): void {
    const part = about?.replace("+", "");
    for (const [of, each] of this.#made) each.classList.toggle("at", of === part);
    const told = [
      ...this.columns.map(({ part, root }) => [part, root] as const),
      ...this.marks.map((mark) => [mark.dataset["on"], mark] as const),
      ["next", this.after] as const,
    ];
    for (const [of, root] of told) {
      // Below what is dropped stands the part's own name.
      if (of === about && !root.classList.contains("block-mark")) root.setAttribute("aria-current", "step");
      else root.removeAttribute("aria-current");
    }
    this.after.parentElement?.classList.toggle("walked", isWalk);
  }

  mark(tensor: string): void {
    for (const { root } of this.columns)
      root.setAttribute("aria-pressed", String(root.dataset["tensor"] === tensor));
  }

  run(there: ReadonlySet<string> | undefined): void {
    const { names } = this.#shown.block.tensors;
    for (const [part, each] of this.#made)
      each.classList.toggle(
        "later",
        there !== undefined && !there.has(part === "next" ? "logits" : names[part]!),
      );
    for (const { tensor, root } of this.#norms)
      root.classList.toggle("later", there !== undefined && !there.has(tensor));
  }

  /** Where a part that is not in sight is to be scrolled to, so that what leads to it is seen, too. */
  leftOf(part: Part | "next", scroll: HTMLElement): number | undefined {
    const { x, width } = part === "next" ? this.layout.next : this.layout.columns[part]!;
    const { scrollLeft, clientWidth } = scroll;
    const isInSight = x >= scrollLeft + TOKENS && x + width <= scrollLeft + clientWidth;
    return isInSight ? undefined : Math.max(0, x + width / 2 - (TOKENS + clientWidth) / 2);
  }

  /** Scrolls the picture, and never the page. */
  reveal(token: number, scroll: HTMLElement): void {
    const y = rowAt(this.layout.columns.into!, token);
    // No farther than it must: what stands above the rows stays in sight.
    const [least, most] = [y + 16 - scroll.clientHeight, y - 40];
    scroll.scrollTop = Math.max(least, Math.min(most, scroll.scrollTop));
  }
}
