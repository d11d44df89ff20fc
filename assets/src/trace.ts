// The newest messages of a connection: new ones come in on top, the others stay as they are, so that
// what was chosen, opened or focused stays chosen, opened or focused. A button holds them still.

import { morph } from "./morph.ts";

const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 5_000;

/** Keeps the messages of `place` (an element with data-trace) new. */
export function startTrace(place: HTMLElement): void {
  const pause = document.querySelector<HTMLButtonElement>("[data-trace-pause]");
  const address = place.dataset["trace"] ?? "";
  const isPaused = () => pause?.getAttribute("aria-pressed") === "true";
  pause?.removeAttribute("hidden");
  pause?.addEventListener("click", () => pause.setAttribute("aria-pressed", String(!isPaused())));
  const beat = async (): Promise<void> => {
    if (!document.hidden && !isPaused()) await renew(place, address, isPaused).catch(console.warn);
    setTimeout(() => void beat(), EVERY_MS);
  };
  setTimeout(() => void beat(), EVERY_MS);
}

async function renew(place: HTMLElement, address: string, isPaused: () => boolean): Promise<void> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (answer.redirected || answer.status === 401) return location.reload();
  if (!answer.ok) throw new Error(`the messages could not be loaded (${answer.status})`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#trace");
  if (fresh && !isPaused()) show(place, fresh);
}

function show(place: HTMLElement, fresh: Element): void {
  const [old, newer] = [place.querySelector("tbody"), fresh.querySelector("tbody")];
  if (old && newer && follows(newer, old)) pushDown(old, newer);
  else morph(place, fresh);
}

const numbers = (rows: Element) => [...rows.querySelectorAll<HTMLElement>("tr")].map((row) => Number(row.dataset["number"]));

/** Whether these are later messages of the same session: numbers begin anew with another one. */
const follows = (newer: Element, old: Element) => Math.max(...numbers(newer)) >= Math.max(...numbers(old));

/** Puts what is new on top and takes away what has left. */
function pushDown(old: Element, newer: Element): void {
  const last = Math.max(...numbers(old));
  const kept = new Set(numbers(newer));
  for (const row of [...old.querySelectorAll<HTMLElement>("tr")]) if (!kept.has(Number(row.dataset["number"]))) row.remove();
  const come = [...newer.querySelectorAll<HTMLElement>("tr")].filter((row) => Number(row.dataset["number"]) > last);
  old.prepend(...come);
}
