import { defineComponent, h, onBeforeUnmount, onMounted, ref } from "vue";

/** `<MeasureGpu />`: measures the reader's GPU. */
export const MeasureGpu = defineComponent({
  name: "MeasureGpu",
  setup() {
    const place = ref<HTMLElement>();
    let stop: (() => void) | undefined;
    onMounted(async () => {
      const { openMeasuring } = await import("../../measure/page.js");
      if (place.value) stop = openMeasuring(place.value);
    });
    onBeforeUnmount(() => stop?.());
    return () => h("div", { ref: place, class: "insight" });
  },
});
