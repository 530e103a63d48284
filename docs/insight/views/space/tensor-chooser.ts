import { element } from "../../element.js";

/** The list of tensors: one is looked at by its name. */
export function tensorChooser(choose: (tensor: string) => void): {
  root: HTMLElement;
  offer(tensors: Iterable<string>): void;
  show(tensor: string | undefined): void;
} {
  const select = element("select");
  select.addEventListener("change", () => choose(select.value));
  return {
    root: element("label", {}, "Tensor ", select),
    offer(tensors) {
      select.replaceChildren(
        element("option", { value: "" }, "choose one"),
        ...[...tensors].map((name) => element("option", { value: name }, name)),
      );
    },
    show(tensor) {
      select.value = tensor ?? "";
    },
  };
}
