// Entry of the page.

import { Explorer } from "./explorer.ts";

new Explorer();
