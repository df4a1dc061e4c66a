// Colours of an ordered quantity (width): light to dark, so that the order survives grey print and colour blindness.
// Anchors are matplotlib's plasma map without its yellow end, which is too faint on white paper.

const ANCHORS = ["#f79044", "#e8685b", "#cf4a75", "#ad2791", "#8305a7", "#5302a3", "#0d0887"];

function channels(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}

/** `count` colours from light to dark, equally spaced along the anchors. */
export function orderedColours(count: number): string[] {
  const last = ANCHORS.length - 1;
  return Array.from({ length: count }, (_, i) => {
    const place = count === 1 ? last / 2 : (i * last) / (count - 1);
    const below = Math.min(last - 1, Math.floor(place));
    const share = place - below;
    const end = channels(ANCHORS[below + 1]);
    const mixed = channels(ANCHORS[below]).map((start, c) => Math.round(start + share * (end[c] - start)));
    return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
  });
}
