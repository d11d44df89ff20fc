// The plan of a car park: bays take the look of their sensor, the counts follow.

import { number } from "./format.ts";

/** Keeps the counts above a plan right while its bays change. */
export function startPlan(plan: HTMLElement): void {
  plan.addEventListener("point-changed", () => count(plan));
}

function count(plan: HTMLElement): void {
  const bays = [...plan.querySelectorAll<HTMLElement>(".bay")];
  const free = bays.filter((bay) => isKnown(bay) && bay.dataset["raw"] === "0").length;
  const taken = bays.filter((bay) => isKnown(bay) && bay.dataset["raw"] === "1").length;
  write("free", free);
  write("taken", taken);
  write("unknown", bays.length - free - taken);
}

const isKnown = (bay: HTMLElement) => bay.dataset["state"] !== "stale" && bay.dataset["state"] !== "bad";

function write(name: string, n: number): void {
  for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = number(n, 0);
}
