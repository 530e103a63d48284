import { defineComponent, h, onBeforeUnmount, onMounted, ref } from "vue";

/** What a view loads with its models, in megabytes. */
const MEGABYTES: Readonly<Record<string, number>> = {
  ...{ data: 0.6, tokens: 0.2, training: 0.6, inside: 0.5 },
  ...{ space: 0.55, before: 0.6, sampling: 0.5 },
};

/** `<Insight view="sampling" />`: a button that opens a view in a chapter; `<Insight />` is the page of all views. */
export const Insight = defineComponent({
  name: "Insight",
  props: { view: String },
  setup({ view }) {
    const place = ref<HTMLElement>();
    const isOpen = ref(false);
    let close: (() => void) | undefined;
    let isGone = false;
    async function open() {
      const { openFrame } = await import("../../insight/frame.js");
      if (isGone || !place.value) return;
      isOpen.value = true;
      close = openFrame(place.value, { view: view ?? "sampling", full: !view });
    }
    onMounted(() => {
      // As `readHash` reads it, which is not loaded before a view is opened.
      if (!view || new RegExp(`^#v\\d+/(.*;)?${view}([?;]|$)`).test(location.hash)) void open();
    });
    onBeforeUnmount(() => {
      isGone = true;
      close?.();
    });
    return () => [
      view && !isOpen.value
        ? h(
            "p",
            { class: "insight-open" },
            h(
              "button",
              { type: "button", onClick: open },
              `▶ Open the view: ${view} (about ${MEGABYTES[view]} MB)`,
            ),
          )
        : null,
      h("div", { ref: place }),
    ];
  },
});
