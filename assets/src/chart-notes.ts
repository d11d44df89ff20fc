// The notes under the charts: fetched as HTML, shown as flags on the charts; a press on a chart fills the form's time.

import htmx from "htmx.org";
import type { Range } from "./chart-data.ts";

/** Where the notes of `root` stand, ms. */
export const flagsOf = (root: HTMLElement): number[] =>
  [...root.querySelectorAll<HTMLElement>("[data-note-at]")].map((note) => Number(note.dataset["noteAt"]));

/** Calls back when other notes are there, and hands the pressed instant to an open form. */
export function followNotes(root: HTMLElement, changed: () => void): void {
  root.addEventListener("htmx:afterSettle", changed);
  root.addEventListener("instant-chosen", (event) => choose(root, (event as CustomEvent<number>).detail));
}

/** Asks for the notes of another range. */
export function renewNotes(root: HTMLElement, { start, end }: Range): void {
  const equipment = root.dataset["equipment"];
  if (!equipment || !root.querySelector("#notes")) return;
  const query = new URLSearchParams({ equipment, start: String(Math.round(start)), end: String(Math.round(end)) });
  void htmx.ajax("get", `/notes?${query}`, { target: "#notes", swap: "innerHTML" });
}

function choose(root: HTMLElement, atMs: number): void {
  const form = root.querySelector<HTMLDetailsElement>("[data-note-form][open]");
  const field = form?.querySelector<HTMLInputElement>("input[name=at]");
  if (field) field.value = local(atMs, form?.dataset["zone"] ?? "UTC");
}

/** `2026-11-20T14:32` on the clock of a zone. */
function local(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone });
  return format.format(atMs).replace(" ", "T");
}
