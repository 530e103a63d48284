import { CHART_STYLE } from "@llm/platform/chart";
import { element } from "./element.js";
import { exampleFor } from "./example-texts.js";
import type { Fields } from "./fields.js";
import style from "./insight.css?inline";
import { keepFocus } from "./keep-focus.js";
import { hearKeys } from "./keys.js";
import { leadTo } from "./lead-to.js";
import { Model } from "./model.js";
import { sitePlace, tellChoosers, WANTED } from "./models.js";
import { droppedFiles, type NamedFile } from "./run/named-file.js";
import { runPanel } from "./run/run-panel.js";
import { isRunServed, servedFiles } from "./run/served-run.js";
import { readFields, readHash, State } from "./state.js";
import { TOUR, tourOffer } from "./tour/offer.js";
import type { Tour } from "./tour/tour.js";
import type { Opened, View } from "./view.js";
import { VIEWS } from "./views.js";

/** How the frame is opened. */
export interface FrameOptions {
  /** The view to open where the address names none. */
  readonly view: string;
  /** Offers the other views, too: the full-screen form. */
  readonly full: boolean;
}

interface OpenedView extends Opened {
  readonly name: string;
  /** Where the story was when it was opened. */
  readonly told: string | undefined;
  readonly state: State<Fields>;
  readonly view: View;
  /** The view's, at the stop of the story. */
  readonly fields: Fields;
  close(): void;
}

/**
 * The frame around a view: its question, its notes, its keys, its link. The address says what is shown.
 * @returns what closes it
 */
export function openFrame(root: HTMLElement, { view: usual, full }: FrameOptions): () => void {
  const closed = new AbortController();
  const note = element("p", { className: "insight-note", attributes: { role: "status" } });
  const warning = element("p", { className: "insight-warning", attributes: { role: "alert" } });
  const live = element("p", { className: "insight-live", attributes: { "aria-live": "polite" } });
  const place = element("div", { className: "insight-view" });
  const question = element("p", { className: "insight-question" });
  const links = full ? VIEWS.map(({ name, title }) => element("a", { href: `#v1/${name}` }, title)) : [];
  const copy = element("button", { type: "button", textContent: "Copy link" });
  const help = element("button", { type: "button", textContent: "Keys (?)" });
  const run = runPanel((files) => void take(files));
  const offer = full ? tourOffer(() => void loadTour().then((tour) => tour?.go(1))) : undefined;
  let tour: Tour | undefined;
  const section = element(
    "section",
    { className: "insight vp-raw", tabIndex: -1 },
    // Not of the page: a chapter loads it with the first view that is opened.
    element("style", {}, style, CHART_STYLE),
    offer?.root,
    full && element("nav", { attributes: { "aria-label": "Views" } }, ...links),
    element("div", { className: "insight-head" }, question, run.root),
    note,
    place,
    warning,
    element("p", { className: "insight-foot" }, copy, help),
    live,
  );
  root.replaceChildren(section);

  const model = new Model((sentence) => notes([sentence]));
  let opened: OpenedView | undefined;
  const showKeys = hearKeys(section, () => [...(opened?.keys ?? []), ...((tour ?? offer)?.keys ?? [])], {
    alone: full,
    signal: closed.signal,
  });
  keepFocus(place, closed.signal);
  help.addEventListener("click", showKeys);
  copy.addEventListener("click", async () => {
    const { hash, left } = opened?.state.address() ?? { hash: location.hash, left: [] };
    await navigator.clipboard.writeText(new URL(hash, location.href).href);
    copy.textContent = "Copied";
    if (left.length) notes([`The link has no room for ${left.join(", ")}: whoever opens it sees the usual.`]);
  });

  function notes(sentences: readonly (string | undefined)[]): void {
    note.textContent = sentences.filter(Boolean).join(" ");
  }

  /** Opens a run; what is shown stays where one of its files is wrong. */
  async function take(files: readonly NamedFile[]): Promise<void> {
    const stayed = "What was open before stays.";
    try {
      run.say("The files are being read…");
      const { openRun } = await import("./run/open-run.js");
      const own = await openRun(files, {
        weigh: (weights) => model.call("weigh", weights, closed.signal),
        agree: (question) => {
          live.textContent = question;
          return run.ask(question);
        },
        async tryModel({ files }) {
          run.say("The model is being opened…");
          await model.call("open", { files }, closed.signal);
        },
      });
      if (!own) {
        run.say(`It was not opened. ${stayed}`);
        return;
      }
      const { words } = own;
      run.say(`Open: ${words}. All views show it.`);
      live.textContent = `Your run is open: ${words}.`;
      warning.textContent = "";
      if (tour?.stop) {
        tour.restart();
        return;
      }
      tellChoosers(place);
      opened?.update();
    } catch (error) {
      if (closed.signal.aborted) return;
      const words = `${error instanceof Error ? error.message : String(error)} ${stayed}`;
      // Where the files were chosen, too: a warning stands at the view's end.
      run.say(words);
      warning.textContent = words;
    }
  }

  place.addEventListener(WANTED, run.lead);
  section.addEventListener("dragover", (event) => event.preventDefault());
  section.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const files = await droppedFiles(event.dataTransfer).catch((error: Error) => {
      warning.textContent = error.message;
      return [];
    });
    const { hasRun } = await import("./run/sort-files.js");
    if (hasRun(files) || !opened?.take) await take(files);
    else opened.take(files);
  });

  /** In a chapter other views are on the page of all views; a link is pressed by key, too, or opened elsewhere. */
  function leadAway({ target }: Event): void {
    const link = target instanceof Element ? target.closest("a") : null;
    const hash = link?.getAttribute("href") ?? "";
    const [place] = readHash(hash).places;
    if (place && place.view !== usual) link?.setAttribute("href", sitePlace(hash));
  }
  if (!full) for (const press of ["click", "auxclick"]) section.addEventListener(press, leadAway, true);

  /** A sentence that was typed goes along. */
  function takeAlong(): void {
    const { text } = opened?.fields ?? {};
    if (!full || !opened || !text || !VIEWS.some(({ name, hasText }) => hasText && name === opened?.name))
      return;
    const { text: now } = opened.state.values;
    const written: Record<string, string> = now === text.initial ? {} : { text: now };
    for (const [i, { name, hasText }] of VIEWS.entries()) leadTo(links[i]!, name, hasText ? written : {});
  }

  /** A text that is too long for a link goes along, too, where the link is followed here. */
  function leadOn(event: MouseEvent): void {
    const { target, ctrlKey, metaKey, shiftKey } = event;
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[data-text]") : null;
    const hash = link?.getAttribute("href");
    if (!hash?.startsWith("#") || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", hash);
    void follow(link!.dataset["text"]);
  }
  section.addEventListener("click", leadOn);

  /** The story is loaded once it is told. */
  async function loadTour(): Promise<Tour | undefined> {
    const { Tour } = await import("./tour/tour.js");
    if (closed.signal.aborted || !offer) return undefined;
    tour ??= new Tour(offer.root, {
      view: place,
      values: () => opened?.state.values,
      walkBy: (by) => opened?.walkBy?.(by) ?? false,
      leave() {
        opened?.close();
        opened = undefined;
      },
      moved: () => void follow(),
    });
    return tour;
  }

  let turns = 0;
  /** Shows what the address says, and a text that is too long for it. */
  async function follow(text?: string): Promise<void> {
    // In a chapter the address may be a heading's: the view stays as it is.
    if (opened && location.hash && !location.hash.startsWith("#v")) return;
    const { places, note: strange } = readHash(location.hash);
    const isView = (view: string) => VIEWS.some(({ name }) => name === view);
    const unknown = places.find(({ view }) => !isView(view) && view !== TOUR);
    const missing = unknown && `There is no view "${unknown.view}".`;
    if (offer && !tour && places.some(({ view }) => view === TOUR)) {
      // The address may change meanwhile.
      if (await loadTour()) await follow(text);
      return;
    }
    const lost = tour?.follow(places);
    const own = full ? tour?.stop?.view : usual;
    // In a chapter each view takes what is its own.
    const asked = places.find(({ view }) => (own ? view === own : isView(view)));
    const name = asked?.view ?? own ?? opened?.name ?? usual;
    const written = new URLSearchParams(asked?.written);
    if (text !== undefined) written.set("text", text);
    const told = tour?.key;
    if (opened?.name === name && opened.told === told) {
      const { values, note } = valuesOf(opened.fields, written);
      notes([missing, strange, lost, note]);
      opened.state.restore(values);
      return;
    }
    opened?.close();
    opened = undefined;
    const entry = VIEWS.find((each) => each.name === name)!;
    question.textContent = `${entry.title}…`;
    const turn = ++turns;
    const view = await entry.load();
    if (closed.signal.aborted || turn !== turns) return; // the address has changed meanwhile
    const fields = tour?.fieldsOf(view.fields) ?? view.fields;
    const { values, note } = valuesOf(fields, written);
    notes([missing, strange, lost, note]);
    question.textContent = view.question;
    section.setAttribute("aria-label", view.title);
    for (const link of links) {
      if (link.textContent === view.title) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const stop = new AbortController();
    const inside = element("div");
    place.replaceChildren(inside);
    const state: State<Fields> = new State(view.name, fields, values, () => {
      takeAlong();
      shown.update();
    });
    const shown = view.open(inside, {
      state,
      model,
      say: (sentence) => {
        live.textContent = sentence;
      },
      warn: (sentence) => {
        warning.textContent = sentence ?? "";
      },
      tell(facts) {
        if (!stop.signal.aborted) tour?.tell(facts);
      },
      signal: stop.signal,
    });
    const close = () => {
      stop.abort();
      state.close();
    };
    opened = { ...shown, name, told, state, view, fields, close };
    takeAlong();
    shown.update();
  }

  // Links of the frame change the hash; Back and Forward do, too.
  for (const moves of ["hashchange", "popstate"])
    window.addEventListener(moves, () => void follow(), { signal: closed.signal });
  const served = isRunServed() ? servedFiles(closed.signal).then(take) : undefined;
  served?.catch((error: Error) => {
    if (!closed.signal.aborted) warning.textContent = error.message;
  });
  // The state may name the run's model.
  void (served ?? Promise.resolve()).catch(() => {}).then(() => follow());

  return () => {
    closed.abort();
    opened?.close();
    tour?.close();
    model.close();
    root.replaceChildren();
  };
}

/** A link that names a model and no text leads to a text of the kind that the model has read. */
function valuesOf(fields: Fields, written: URLSearchParams): ReturnType<typeof readFields<Fields>> {
  const read = readFields(fields, written);
  const { text, model } = read.values;
  const isOwn = written.has("model") && fields["text"] && !written.has("text");
  if (!isOwn) return read;
  return { ...read, values: { ...read.values, text: exampleFor(model, text, fields["text"].initial) } };
}
