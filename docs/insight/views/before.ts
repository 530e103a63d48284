import { element } from "../element.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import type { View } from "../view.js";
import { fields, PARTS } from "./before/fields.js";
import type { Desk } from "./before/panel.js";
import { surprisePanel } from "./before/surprise-panel.js";

/** A base model, and what became of it: what surprises it, what it learns from a prompt, how it answers, what it is rewarded for. */
export const before: View<typeof fields> = {
  name: "before",
  title: "Base and after",
  question: "What does a base model know, and what do conversations and rewards make of it?",
  fields,
  open(root, { state, model, say, warn, signal }) {
    const desk: Desk = {
      model,
      holder: new ModelHolder(model),
      change: (patch, kind) => state.set(patch, kind),
      say,
      signal,
    };
    const panels = { surprise: surprisePanel(desk) };
    const tabs = PARTS.map((part) => {
      const button = element("button", { type: "button" }, panels[part].title);
      button.addEventListener("click", () => state.set({ part }));
      return { part, button };
    });
    const place = element("div");
    root.append(
      element(
        "div",
        { className: "insight-bar", attributes: { role: "group", "aria-label": "Parts" } },
        ...tabs.map(({ button }) => button),
      ),
      place,
    );

    let running: AbortController | undefined;
    async function draw(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const { values } = state;
      try {
        const shown = await panels[values.part].draw(values, mine);
        mine.throwIfAborted();
        warn(undefined);
        root.dataset["shown"] = `${values.part} ${shown}`;
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    return {
      update() {
        const { values } = state;
        const panel = panels[values.part];
        for (const { part, button } of tabs)
          button.setAttribute("aria-pressed", String(part === values.part));
        if (panel.root.parentElement !== place) place.replaceChildren(panel.root);
        panel.follow(values);
        void draw();
      },
      keys: PARTS.map((part, i) => ({
        key: `${i + 1}`,
        does: `shows ${panels[part].title}`,
        run: () => state.set({ part }),
      })),
    };
  },
};
