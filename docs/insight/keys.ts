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

/**
 * Hears the keys of a view while the focus is in it, outside of its fields. `?` lists them; nothing keeps the focus, and Tab is
 * never taken.
 */
export function hearKeys(root: HTMLElement, keys: () => readonly Key[], signal: AbortSignal): () => void {
  const list = element("dl");
  const close = element("button", { type: "button", textContent: "Close" });
  const dialog = element(
    "dialog",
    { className: "insight-keys", attributes: { "aria-label": "Keys of this view" } },
    list,
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
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || dialog.open) return;
      const found = event.key === "?" ? { run: show } : keys().find(({ key }) => key === event.key);
      if (!found) return;
      if (event.key === " " && presses(event.target)) return;
      event.preventDefault();
      // The site has keys of its own.
      event.stopPropagation();
      found.run();
    },
    { signal },
  );
  return show;
}
