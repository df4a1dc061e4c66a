// The cases in a page: messages are posted to the server it came from, in order.

import * as propchaos from "propchaos";
import { type Message, runCases } from "./run-cases.ts";

const post = (message: Message) => fetch(location.href, { method: "POST", body: JSON.stringify(message) });
const { userAgent } = navigator;
// MiniBrowser calls itself Safari.
const version = /(?:Firefox|Chrome|Version)\/([\d.]+)/.exec(userAgent)?.[1] ?? userAgent;
void runCases(propchaos, version, post);
