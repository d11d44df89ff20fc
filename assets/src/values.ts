// Values on the page that stay alive.
//
// The server marks each with `data-point="ID"` and what is needed to write it again:
// data-decimals, data-kind, data-states (JSON: code -> word), data-period (seconds).
// Inside: [data-value], [data-age] with data-at (ms), [data-quality] (hidden word) and a glyph (<use>).
// The state ("good", "uncertain", "bad", "stale", "none") is an attribute of the element; CSS gives the look.

import { heardAt, tickAges } from "./ages.ts";
import { duration, number } from "./format.ts";
import { word } from "./words.ts";

export type Quality = "good" | "uncertain" | "bad";
export interface Reading {
  /** When it was true at the source, ms since 1970. */
  at: number;
  value: number | null;
  quality: Quality;
}

/** A point that only reports changes is stale after a day. */
const STALE_WITHOUT_PERIOD_S = 86_400;
const PERIODS_UNTIL_STALE = 3;

const now = () => Date.now() + clockSkewMs;
let clockSkewMs = 0;

/** Ages are counted on the server's clock: tells how far ours is from it. */
export function trustServerClock(serverNowMs: number): void {
  clockSkewMs = serverNowMs - Date.now();
}

/** The elements that show `point`. */
export const elementsOf = (point: number) =>
  document.querySelectorAll<HTMLElement>(`[data-point="${point}"]`);

/** Every point shown on the page. */
export function pointsOnPage(): number[] {
  const ids = [...document.querySelectorAll<HTMLElement>("[data-point]")].map((one) => Number(one.dataset["point"]));
  return [...new Set(ids)];
}

/** Writes a reading wherever its point is shown, and tells the page ("point-changed"). */
export function show(point: number, reading: Reading): void {
  for (const element of elementsOf(point)) write(element, reading);
  heardAt(reading.at);
}

function write(element: HTMLElement, reading: Reading): void {
  const age = element.querySelector<HTMLElement>("[data-age]");
  if (age && Number(age.dataset["at"] ?? 0) > reading.at) return;
  if (age) age.dataset["at"] = String(reading.at);
  element.dataset["quality"] = reading.quality;
  if (reading.value !== null) element.dataset["raw"] = String(reading.value);
  const text = textOf(element, reading.value);
  for (const figure of element.querySelectorAll("[data-value]")) figure.textContent = text;
  movePointer(element, reading.value);
  refresh(element);
  element.dispatchEvent(new CustomEvent("point-changed", { bubbles: true, detail: reading }));
}

/** The pointer of the range bar follows the value; outside the normal band it takes its colour. */
function movePointer(element: HTMLElement, value: number | null): void {
  const bar = element.querySelector<SVGElement>(".rng");
  const pointer = bar?.querySelector(".pt");
  if (!bar || !pointer || value === null) return;
  const [low, high, start, width] = ["low", "high", "normalX", "normalWidth"].map((name) => Number(bar.dataset[name]));
  const share = (value - low!) / (high! - low!);
  const x = 120 * Math.min(1, Math.max(0, share));
  pointer.setAttribute("transform", `translate(${x} 0)`);
  pointer.classList.toggle("warn", x < start! || x > start! + width!);
}

function textOf(element: HTMLElement, value: number | null): string {
  if (value === null) return number(NaN, 0);
  const states: Record<string, string> = JSON.parse(element.dataset["states"] || "{}");
  return states[String(value)] ?? number(value, Number(element.dataset["decimals"] ?? 1));
}

/** Renews age and staleness of every value; call it once a second. */
export function tick(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-point]")) refresh(element);
  tickAges(now());
}

function refresh(element: HTMLElement): void {
  const age = element.querySelector<HTMLElement>("[data-age]");
  const at = Number(age?.dataset["at"] ?? 0);
  if (!age || at === 0) return;
  const seconds = (now() - at) / 1000;
  const text = age.querySelector("[data-age-text]") ?? age;
  const shown = duration(seconds);
  if (seconds < 7 * 86_400 && text.textContent !== shown) text.textContent = shown;
  const period = Number(element.dataset["period"]) * PERIODS_UNTIL_STALE || STALE_WITHOUT_PERIOD_S;
  mark(element, seconds > period ? "stale" : (element.dataset["quality"] ?? "good"));
}

function mark(element: HTMLElement, state: string): void {
  if (element.dataset["state"] === state) return;
  element.dataset["state"] = state;
  element.querySelector("use[data-glyph]")?.setAttribute("href", `#q-${state}`);
  const quality = element.querySelector("[data-quality]");
  if (quality) quality.textContent = word(`quality-${state}`);
}
