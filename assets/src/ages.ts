// Ages that stand alone: "6 min" of a row, "Last value 3 s ago" of a page, the newest value in the foot.

import { clock, duration } from "./format.ts";
import { word } from "./words.ts";

/** From a week on the server wrote a date. */
const LONGEST_AGE_S = 7 * 86_400;

/** Writes every age anew; `nowMs` is the server's clock. */
export function tickAges(nowMs: number): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const at = Number(element.dataset["since"]);
    const seconds = (nowMs - at) / 1000;
    if (at === 0 || seconds >= LONGEST_AGE_S) continue;
    const age = duration(seconds);
    const phrase = element.dataset["phrase"];
    const text = phrase ? word(phrase, { age }) : age;
    if (element.textContent !== text) element.textContent = text;
  }
}

/** A value of this instant was received: what follows the page's values follows it. */
export function heardAt(at: number): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-follow]")) {
    if (at > Number(element.dataset["since"])) element.dataset["since"] = String(at);
  }
  const newest = document.querySelector<HTMLElement>("[data-newest]");
  if (!newest || at <= Number(newest.dataset["newest"])) return;
  newest.dataset["newest"] = String(at);
  newest.textContent = word("last-value-at", { time: clock(at, newest.dataset["zone"] ?? "UTC") });
}
