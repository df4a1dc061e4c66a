// The default theme, in the package's own colours.

import DefaultTheme from "vitepress/theme";
import "./style.css";

export default DefaultTheme;
