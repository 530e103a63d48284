// The menu of what else the model thought of at a token.

const menu = document.querySelector("#alternatives");
let opened;

/**
 * Opens the menu at the span of a token.
 * @param choose called with the alternative that is chosen
 */
export function openAlternatives(span, token, choose, hasFocus) {
  closeAlternatives();
  opened = span;
  span.classList.add("open");
  menu.replaceChildren(
    ...token.top_logprobs.map((other) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "menuitem");
      const text = document.createElement("span");
      text.textContent = JSON.stringify(other.token).slice(1, -1) || "(nothing)";
      const share = document.createElement("span");
      share.className = "share";
      share.textContent = `${(100 * Math.exp(other.logprob)).toFixed(1)}%`;
      button.append(text, share);
      button.addEventListener("click", () => {
        closeAlternatives();
        choose(other);
      });
      return button;
    }),
  );
  menu.hidden = false;
  const place = span.getBoundingClientRect();
  const left = Math.min(place.left, document.documentElement.clientWidth - menu.offsetWidth - 8);
  menu.style.left = `${Math.max(8, left) + scrollX}px`;
  menu.style.top = `${place.bottom + scrollY}px`;
  if (hasFocus) menu.firstElementChild?.focus();
}

/** Whether they were open. */
export function closeAlternatives() {
  const wasOpen = opened !== undefined;
  if (menu.contains(document.activeElement)) opened?.parentElement.focus();
  opened?.classList.remove("open");
  opened = undefined;
  menu.hidden = true;
  return wasOpen;
}

/** Whether this is part of the menu, or what it belongs to. */
export const isInMenu = (element) => menu.contains(element) || element === opened;

menu.addEventListener("keydown", (event) => {
  const { activeElement } = document;
  const to = { ArrowDown: activeElement.nextElementSibling, ArrowUp: activeElement.previousElementSibling };
  if (event.key === "Escape") closeAlternatives();
  else if (!(event.key in to)) return;
  else to[event.key]?.focus();
  event.preventDefault();
});
