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
    "A network of m neurons is one sample of m points on a sphere, and as m grows its training approaches a flow of their whole law. The dashed line is the risk of that limit, solved by itself and not by a wide network.",
    "In “Risk”, the curve of m = 1024 lies closer to the dashed one than that of m = 64; in “Particles”, clusters form at ±w*.",
    { problem: "He4", d: 32, widths: [64, 256, 1024], time: 16, seeds: 1, seed: 1 },
  ),
  step(
    "The gap shrinks as 1/m",
    "Each neuron is paired with the path that its start takes in the limit, and Δ is the distance between the two. If E|Δ|² falls as 1/m, then m E|Δ|² of all widths is one curve.",
    "In “Gap”, the curves of all widths fall onto the dashed constant, which was computed with no network at all; the sentence below gives the measured power of m.",
    { problem: "He4", d: 32, widths: [128, 256, 512], time: 4, seeds: 8 },
  ),
  step(
    "Escape from the equator",
    "In d dimensions nearly every neuron starts with |α| of about 1/√d, where the field is almost zero. A neuron waits there for a time that its own first α decides, and then leaves quickly.",
    "In “Alignment”, curves leave zero one after the other, those that started highest first; in “Field”, the law of α spreads from its peak towards ±1.",
    { problem: "He4", d: 32, widths: [512], time: 24, seeds: 1 },
  ),
  step(
    "A higher information exponent",
    "The information exponent k is the lowest degree at which network and target meet, and near the equator the field is of order α to the power k − 1. So with k = 6 in place of 4 the wait is far longer in the same dimension.",
    "In “Risk”, nothing seems to happen at first, and then the curves fall; move the slider to k = 3 and run again to see them fall at once.",
    { problem: "Hermite", exponent: 6, d: 12, widths: [128, 512], time: 16, seeds: 1 },
  ),
  step(
    "Self-concordance",
    "How fast two near neurons part is in the local Hessian D, how fast they move is the velocity v. Where C = |D| |α| / |v| stays bounded, a deviation grows by a power of the distance travelled, and not exponentially with time.",
    "In “Self-concordance”, C of half of the neurons stays near 3 all along; in “Theory”, the prediction lies on the measured gap, the Volterra bound stays near it, and the classical Grönwall bound leaves the picture.",
    { problem: "He4", d: 16, widths: [128, 512], time: 4, seeds: 2 },
  ),
  step(
    "Where it fails",
    "Boolean inputs and ReLU have none of this symmetry: a wide network takes the place of the limit, and a neuron near a boundary can end somewhere else altogether. Such flipped neurons are few, but their |Δ| is of order one whatever the width.",
    "In “Gap”, m E|Δ|² of different widths do not fall onto one curve and grow with m, though the risks in “Risk” agree.",
    {
      problem: "XOR_4",
      d: 16,
      widths: [64, 128, 256],
      time: 48,
      step: 0.5,
      gradient: "euclidean",
      samples: 4096,
      seeds: 2,
    },
  ),
];
