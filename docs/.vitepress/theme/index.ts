import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";
import { Insight } from "./insight-component.js";
import { keepPage } from "./keep-page.js";
import { MeasureGpu } from "./measure-component.js";
import { ReadingTime } from "./reading-time.js";
import { Run } from "./run-component.js";
import "./style.css";

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "doc-before": () => h(ReadingTime) }),
  enhanceApp({ app, router }) {
    if (!import.meta.env.SSR) keepPage(router);
    app.component("Run", Run);
    app.component("Insight", Insight);
    app.component("MeasureGpu", MeasureGpu);
  },
} satisfies Theme;
