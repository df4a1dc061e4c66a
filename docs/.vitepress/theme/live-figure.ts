// A live figure: the custom element, which is defined in the browser only.

import { defineComponent, h, onMounted } from "vue";

export default defineComponent({
  setup() {
    onMounted(() => import("propchaos/element"));
    const attributes = {
      problem: "He4",
      d: "16",
      widths: "32 64 128 256",
      time: "3",
      seeds: "8",
      view: "gap",
      autoplay: "",
    };
    return () => h("div", { class: "live-figure" }, [h("prop-chaos", attributes)]);
  },
});
