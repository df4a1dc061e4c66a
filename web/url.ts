// The state of the page in the part of its URL behind "#": settings by name and the step of the tour. It never reaches a
// server, works on any host, and is read as text that anybody may have written.

import { DEFAULTS, NAMES, type RawSettings, readSettings, type Settings, writeSettings } from "./settings.ts";

/** What a URL says. */
export interface UrlState {
  settings: Settings;
  /** Step of the tour, from 0; null outside it. */
  tour: number | null;
  /** A sentence for each thing that was not taken as it came. */
  notices: string[];
}

/** A longer one was not made by this page. */
const LONGEST = 2000;

/** Reads the part behind "#"; `steps` is the number of steps of the tour. */
export function readUrl(hash: string, steps: number): UrlState {
  const text = hash.replace(/^#/, "");
  if (text.length > LONGEST)
    return {
      settings: DEFAULTS,
      tour: null,
      notices: ["The address was too long to be read; the usual settings are back."],
    };
  const parameters = new URLSearchParams(text);
  const raw: RawSettings = {};
  for (const name of NAMES) {
    const value = parameters.get(name);
    if (value !== null) raw[name] = value;
  }
  const { settings, notices } = readSettings(raw);
  const unknown = [...new Set(parameters.keys())].filter(
    (key) => key !== "tour" && !NAMES.some((name) => name === key),
  );
  if (unknown.length > 0)
    notices.push(
      `${unknown.length === 1 ? "One entry" : `${unknown.length} entries`} of the address mean nothing here.`,
    );
  const tour = parameters.get("tour");
  const place = /^\d{1,2}$/.test(tour ?? "") ? Number(tour) - 1 : Number.NaN;
  if (tour !== null && !(place >= 0 && place < steps)) notices.push(`The tour has steps 1 to ${steps}.`);
  return { settings, tour: place >= 0 && place < steps ? place : null, notices };
}

/** The part behind "#", with all settings, so that a link means the same when defaults have changed. */
export function writeUrl(settings: Settings, tour: number | null): string {
  const { exponent, ...text } = writeSettings(settings);
  const entries = { ...text, ...(settings.problem === "Hermite" ? { exponent } : {}) };
  const parameters = Object.entries(entries).map(
    ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`,
  );
  return `#${[...parameters, ...(tour === null ? [] : [`tour=${tour + 1}`])].join("&")}`;
}
