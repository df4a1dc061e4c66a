// The default theme, in the package's own colours, with a live figure on the home page.

import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import LiveFigure from "./live-figure.ts";
import "./style.css";

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "home-hero-image": () => h(LiveFigure) }),
};
