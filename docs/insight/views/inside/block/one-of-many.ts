import { element } from "../../../element.js";

/** A row of numbered buttons, one of which is pressed. */
export function oneOfMany(
  name: string,
  chosen: (at: number) => void,
): { root: HTMLElement; draw(count: number, at: number, words: string): void } {
  const buttons = element("span", { className: "one-of-many-buttons" });
  const title = element("b");
  const root = element(
    "div",
    { className: "one-of-many", attributes: { role: "group", "aria-label": name } },
    title,
    buttons,
  );
  return {
    root,
    draw(count, at, words) {
      title.textContent = words;
      if (buttons.childElementCount !== count) {
        buttons.replaceChildren(
          ...Array.from({ length: count }, (_, place) => {
            const button = element(
              "button",
              { type: "button", attributes: { "aria-label": `${name} ${place}` } },
              `${place}`,
            );
            button.addEventListener("click", () => chosen(place));
            return button;
          }),
        );
      }
      for (const [place, button] of [...buttons.children].entries())
        button.setAttribute("aria-pressed", String(place === at));
    },
  };
}
