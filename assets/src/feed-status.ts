// The top bar's word about the feed: "Live · 0.4 s", "Offline since 14:32".
// The server marks the place: <span class="live" data-feed role="status" hidden><i></i><span data-feed-text></span></span>.

import type { FeedState } from "./feed.ts";
import { language, word } from "./words.ts";

/** The delay is written at most this often: nobody reads faster. */
const WRITE_EVERY_MS = 1_000;

const place = document.querySelector<HTMLElement>("[data-feed]");
const text = place?.querySelector("[data-feed-text]");
let lastDelay: number | undefined;
let writtenAt = -Infinity;

export function showFeedState(state: FeedState): void {
  if (state.kind === "live") lastDelay = state.delayMs ?? lastDelay;
  const changed = place?.dataset["feed"] !== state.kind;
  if (!place || !text || (!changed && performance.now() - writtenAt < WRITE_EVERY_MS)) return;
  writtenAt = performance.now();
  // A screen reader hears of a change of state, not of every tenth of a second.
  place.setAttribute("aria-live", changed ? "polite" : "off");
  place.hidden = false;
  place.dataset["feed"] = state.kind;
  text.textContent = wordsOf(state);
}

function wordsOf(state: FeedState): string {
  if (state.kind === "connecting") return word("feed-connecting");
  if (state.kind === "offline") return word("feed-offline", { time: clock(state.sinceMs) });
  if (lastDelay === undefined || lastDelay > 60_000) return word("feed-live");
  return word("feed-live-delay", { delay: seconds(lastDelay) });
}

function seconds(ms: number): string {
  const digits = (ms / 1000).toFixed(1);
  return language === "fr" ? digits.replace(".", ",") : digits;
}

function clock(ms: number): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}
