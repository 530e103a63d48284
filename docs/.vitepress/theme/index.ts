import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { Insight } from "./insight-component.js";
import { Run } from "./run-component.js";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("Run", Run);
    app.component("Insight", Insight);
  },
} satisfies Theme;
