import { element } from "../element.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import type { View } from "../view.js";
import { fields, PARTS } from "./before/fields.js";
import { groupPanel } from "./before/group-panel.js";
import { modelsPanel } from "./before/models-panel.js";
import type { Desk } from "./before/panel.js";
import { shotsPanel } from "./before/shots-panel.js";
import { surprisePanel } from "./before/surprise-panel.js";

/** A base model, and what became of it: what surprises it, what it learns from a prompt, how it answers, what it is rewarded for. */
export const before: View<typeof fields> = {
  name: "before",
  title: "Base and after",
  question: "What does a base model know, and what do conversations and rewards make of it?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const desk: Desk = {
      model,
      holder: new ModelHolder(model),
      change: (patch, kind) => state.set(patch, kind),
      say,
      tell,
      signal,
    };
    const panels = {
      surprise: surprisePanel(desk),
      shots: shotsPanel(desk),
      models: modelsPanel(desk),
      group: groupPanel(desk),
    };
    const tabs = PARTS.map((part) => {
      const button = element("button", { type: "button" }, panels[part].title);
      button.addEventListener("click", () => state.set({ part }));
      return { part, button };
    });
    root.append(
      element(
        "div",
        { className: "insight-bar before-parts", attributes: { role: "group", "aria-label": "Parts" } },
        ...tabs.map(({ button }) => button),
      ),
      // All stand there, so that each hears of a run that is opened.
      ...PARTS.map((part) => panels[part].root),
    );

    signal.addEventListener("abort", () => model.call("closeCompared", null).catch(() => {}));

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
        for (const part of PARTS) panels[part].root.hidden = part !== values.part;
        panel.follow(values);
        void draw();
      },
      keys: [
        ...PARTS.map((part, i) => ({
          key: `${i + 1}`,
          does: `shows ${panels[part].title}`,
          run: () => state.set({ part }),
        })),
        {
          key: "n",
          does: "takes another random number",
          run: () => state.set({ seed: state.values.seed + 1 }),
        },
      ],
    };
  },
};
