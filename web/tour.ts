// The guided tour: six settings, each with two sentences and what to look for. What the sentences say was seen in runs of
// exactly these settings.

import { DEFAULTS, type Settings } from "./settings.ts";

export interface TourStep {
  title: string;
  /** Two sentences. */
  text: string;
  lookFor: string;
  settings: Settings;
}

function step(title: string, text: string, lookFor: string, settings: Partial<Settings>): TourStep {
  return { title, text, lookFor, settings: { ...DEFAULTS, ...settings } };
}

export const TOUR: readonly TourStep[] = [
  step(
    "The mean-field limit",
    "A network of m neurons is a sample of m points on a sphere, and as m grows its training approaches a flow of their whole law. The dashed line is the risk of that limit, which is solved by itself and not by a wide network.",
    "In “Risk”, the curve of m = 1024 stays closer to the dashed one than that of m = 64; in “Particles”, clusters form at w* and −w*.",
    { problem: "He4", d: 16, widths: [64, 256, 1024], time: 8, seeds: 1 },
  ),
  step(
    "The gap shrinks as 1/m",
    "Each neuron is paired with the path that its start takes in the limit, and Δ is what parts the two. If E|Δ|² falls as 1/m, then m E|Δ|² of all widths is one curve, up to what eight seeds leave to chance.",
    "In “Gap”, all widths follow the dashed constant, which was computed with no network at all; the sentence below it gives the measured power of m, with −1 inside its interval.",
    { problem: "He4", d: 16, widths: [64, 128, 256, 512], time: 2, seeds: 8 },
  ),
  step(
    "Escape from the equator",
    "In d dimensions nearly every neuron starts with |α| of about 1/√d, where the field is almost zero. A neuron waits there for a time that its own first α decides, and then leaves quickly.",
    "In “Alignment”, curves leave zero one after the other, and those that started farthest from it are the first; in “Field”, the law of α moves from its peak at zero to both ends.",
    { problem: "He4", d: 32, widths: [256], time: 16, seeds: 1 },
  ),
  step(
    "A higher information exponent",
    "The information exponent k is the lowest degree at which network and target meet, and near the equator the field is of order α to the power k − 1. With k = 6 the risk takes about four times as long to lose its first tenth as with k = 3, and in higher dimensions far longer.",
    "In “Risk”, the first tenth is gone at about t = 4; move the slider to 3, run again, and it is gone at about t = 1.",
    { problem: "Hermite", exponent: 6, d: 32, widths: [64, 256], time: 24, seeds: 1 },
  ),
  step(
    "Self-concordance",
    "How fast near neurons part is λ⁺, the largest eigenvalue of the local Hessian, and how fast they move is the velocity v. Where C = λ⁺ |α| / |v| stays bounded, a deviation grows by a power of the distance travelled and not exponentially in time.",
    "In “Self-concordance”, C of half of the neurons stays near 3, and that of nine in ten below 5; in “Theory”, the prediction lies on the measured gap, and the classical Grönwall bound leaves the picture at once.",
    { problem: "He4", d: 32, widths: [64, 128], time: 2, seeds: 2 },
  ),
  step(
    "Where it fails",
    "Inputs of ±1 and ReLU have none of this symmetry, so a wide network takes the place of the limit, and a neuron near a boundary may end somewhere else altogether. Such flipped neurons are about a tenth of the widest network here and more of the narrow ones, and their |Δ| is of order one whatever the width.",
    "In “Gap”, the curves do not fall onto one another: m E|Δ|² grows with m; and yet in “Risk” networks of all widths agree.",
    {
      problem: "XOR_4",
      d: 8,
      widths: [32, 64, 128, 256],
      time: 64,
      step: 0.5,
      gradient: "euclidean",
      samples: 2048,
      seeds: 2,
    },
  ),
];
