/** Elements for as many things as there are at a time: they are made when they are first needed, and hidden while they are not. */
export function pool<T extends { readonly words: string }, E extends HTMLElement>(
  root: HTMLElement,
  make: () => E,
  draw: (element: E, each: T) => void,
): (all: readonly T[]) => void {
  const made: E[] = [];
  return (all) => {
    while (made.length < all.length) {
      made.push(make());
      root.append(made.at(-1)!);
    }
    for (const [i, element] of made.entries()) {
      const each = all[i];
      element.hidden = !each;
      if (!each) continue;
      if (element.textContent !== each.words) element.textContent = each.words;
      draw(element, each);
    }
  };
}
