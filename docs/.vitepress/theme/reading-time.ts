import { useData } from "vitepress";
import { defineComponent, h } from "vue";

/** Above a chapter: how long it takes, as the build has counted. */
export const ReadingTime = defineComponent({
  name: "ReadingTime",
  setup() {
    const { frontmatter } = useData();
    return () => {
      const { minutes, examples } = frontmatter.value;
      if (!minutes) return undefined;
      return h("p", { class: "reading-time" }, `About ${minutes} minutes, with ${examples} examples to run`);
    };
  },
});
