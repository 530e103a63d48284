import { element } from "./element.js";

/** A key of a view and what it does. */
export interface Key {
  readonly key: string;
  readonly does: string;
  run(): void;
}

/** Where letters are text, and arrows move in it. */
const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

/** What Space and Enter press. */
const presses = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("button, summary, a");

/** Where it is kept that keys are only heard in the view: whoever speaks to a computer presses letters by chance. */
const FOCUSED_ONLY = "insight-keys-focused";

/** Storage may be forbidden. */
function isFocusedOnly(): boolean {
  try {
    return localStorage.getItem(FOCUSED_ONLY) !== null;
  } catch {
    return false;
  }
}

function keepFocusedOnly(isOnly: boolean): void {
  try {
    if (isOnly) localStorage.setItem(FOCUSED_ONLY, "");
    else localStorage.removeItem(FOCUSED_ONLY);
  } catch {
    // It holds for this page.
  }
}

/** Keys that a page without focus needs for itself: they open the site's search and scroll. */
const OF_PAGE = /^(\/|Arrow.*|Page.*|Home|End)$/;

/**
 * Hears the keys of a view while the focus is in it, outside of its fields. `?` lists them; nothing keeps the focus, and Tab is
 * never taken. Where the view has the page to itself, its keys are also heard while nothing has the focus, unless the reader
 * turns that off in the list.
 */
export function hearKeys(
  root: HTMLElement,
  keys: () => readonly Key[],
  { alone, signal }: { readonly alone: boolean; readonly signal: AbortSignal },
): () => void {
  const list = element("dl");
  const close = element("button", { type: "button", textContent: "Close" });
  const everywhere = element("input", { type: "checkbox", checked: !isFocusedOnly() });
  everywhere.addEventListener("change", () => keepFocusedOnly(!everywhere.checked));
  const dialog = element(
    "dialog",
    { className: "insight-keys", tabIndex: -1, attributes: { "aria-label": "Keys of this view" } },
    list,
    alone &&
      element("p", {}, element("label", {}, everywhere, " Also while nothing on the page has the focus")),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  root.append(dialog);

  const show = () => {
    const rows = [
      ...keys(),
      { key: "?", does: "lists the keys" },
      { key: "Escape", does: "closes the list" },
    ];
    list.replaceChildren(
      ...rows.flatMap(({ key, does }) => [
        element("dt", {}, element("kbd", {}, key === " " ? "Space" : key)),
        element("dd", {}, does),
      ]),
    );
    dialog.showModal();
    // The page would give the focus to the first field, which is at the end, and scroll down to it.
    dialog.focus();
    dialog.scrollTop = 0;
  };
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || dialog.open) return;
    const found = event.key === "?" ? { run: show } : keys().find(({ key }) => key === event.key);
    if (!found) return;
    if (event.key === " " && presses(event.target)) return;
    event.preventDefault();
    // The site has keys of its own.
    event.stopPropagation();
    found.run();
  };
  root.addEventListener("keydown", hear, { signal });
  const hearBody = (event: KeyboardEvent) => {
    if (!everywhere.checked || event.target !== document.body || OF_PAGE.test(event.key)) return;
    if (document.querySelectorAll("section.insight").length === 1) hear(event);
  };
  if (alone) document.addEventListener("keydown", hearBody, { signal });
  return show;
}
