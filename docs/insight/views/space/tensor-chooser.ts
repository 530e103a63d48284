import { element } from "../../element.js";
import { labelOf } from "../../flow/operations.js";
import { bySection, type Panel } from "../../scene/layout.js";

/** The list of tensors, in words and with their names: one is looked at. */
export function tensorChooser(choose: (tensor: string) => void): {
  root: HTMLElement;
  offer(panels: readonly Panel[]): void;
  show(tensor: string | undefined): void;
} {
  const select = element("select");
  select.addEventListener("change", () => choose(select.value));
  return {
    root: element("label", {}, "Tensor ", select),
    offer(panels) {
      const firsts = panels.filter(({ plane }) => plane === 0);
      select.replaceChildren(
        element("option", { value: "" }, "choose one"),
        ...[...bySection(firsts)].map(([section, own]) =>
          element(
            "optgroup",
            { label: section.replace(/h\.(?=\d)/, "block ").replace(/^(before|after)$/, "$1 the blocks") },
            ...own.map(({ box: { name } }) =>
              element("option", { value: name }, `${labelOf(name)} (${name})`),
            ),
          ),
        ),
      );
    },
    show(tensor) {
      select.value = tensor ?? "";
    },
  };
}
