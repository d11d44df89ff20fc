// The top bar's word about the feed: "Live · 0.4 s", "Offline since 14:32".
// The server marks the place: <span class="live" data-feed hidden><i></i><span data-feed-text></span></span>.

import type { FeedState } from "./feed.ts";
import { language, word } from "./words.ts";

const place = document.querySelector<HTMLElement>("[data-feed]");
const text = place?.querySelector("[data-feed-text]");
let shownDelay: number | undefined;

export function showFeedState(state: FeedState): void {
  if (!place || !text) return;
  place.hidden = false;
  place.dataset["feed"] = state.kind;
  const words = wordsOf(state);
  if (text.textContent !== words) text.textContent = words;
}

function wordsOf(state: FeedState): string {
  if (state.kind === "connecting") return word("feed-connecting");
  if (state.kind === "offline") return word("feed-offline", { time: clock(state.sinceMs) });
  shownDelay = state.delayMs ?? shownDelay;
  if (shownDelay === undefined || shownDelay > 60_000) return word("feed-live");
  return word("feed-live-delay", { delay: seconds(shownDelay) });
}

function seconds(ms: number): string {
  const digits = (ms / 1000).toFixed(1);
  return language === "fr" ? digits.replace(".", ",") : digits;
}

function clock(ms: number): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}
