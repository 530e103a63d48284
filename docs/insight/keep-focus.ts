const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/**
 * Keeps the reader's place while a view draws itself anew: where what has the focus is replaced, what is for the same gets it
 * (`data-focus` says what for), or else what stands in its place. Otherwise Tab would begin at the top of the page again.
 */
export function keepFocus(root: HTMLElement, signal: AbortSignal): void {
  let last: HTMLElement | undefined;
  root.addEventListener(
    "focusin",
    ({ target }) => {
      last = target instanceof HTMLElement ? target : undefined;
    },
    { signal },
  );
  // The focus leaves what is removed, too; that is seen below.
  root.addEventListener(
    "focusout",
    ({ relatedTarget }) => {
      const left = last;
      if (relatedTarget) last = undefined;
      else
        queueMicrotask(() => {
          if (last === left && left?.isConnected && document.activeElement !== left) last = undefined;
        });
    },
    { signal },
  );
  const observer = new MutationObserver((records) => {
    for (const { removedNodes, addedNodes } of records) {
      if (!last || last.isConnected || document.activeElement !== document.body) return;
      const place = focusable(removedNodes).indexOf(last);
      const { focus } = last.dataset;
      const instead = place < 0 ? [] : focusable(addedNodes);
      const same =
        focus === undefined ? undefined : instead.find(({ dataset }) => dataset["focus"] === focus);
      const next = same ?? instead[Math.min(place, instead.length - 1)];
      if (next?.isConnected) next.focus({ preventScroll: true });
    }
  });
  observer.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

function focusable(nodes: NodeList): HTMLElement[] {
  return [...nodes].flatMap((node) =>
    node instanceof Element
      ? [node, ...node.querySelectorAll(FOCUSABLE)].filter(
          (found): found is HTMLElement => found instanceof HTMLElement && found.matches(FOCUSABLE),
        )
      : [],
  );
}
