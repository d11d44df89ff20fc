// Keeps the values of the page alive: what the feed brings is shown, and ages tick.

import { showFeedState } from "./feed-status.ts";
import { connectFeed, type Feed, type FeedReading } from "./feed.ts";
import { offlineSince } from "./offline.ts";
import { pointsOnPage, show, tick, trustServerClock } from "./values.ts";

const TICK_MS = 1_000;

let feed: Feed | undefined;
let watched = "";

export function startLive(): void {
  // A page out of memory tells the time it was kept: its ages go by the clock of the device.
  if (offlineSince === undefined) trustServerClock(Number(document.body.dataset["now"]));
  tick();
  setInterval(tick, TICK_MS);
  if (offlineSince !== undefined) return;
  watch();
  document.addEventListener("htmx:afterSettle", watch);
}

/** Watches the points that are on the page now. */
function watch(): void {
  const points = pointsOnPage();
  if (points.join() === watched) return;
  watched = points.join();
  feed?.close();
  feed = points.length > 0 ? connectFeed(points, { onReadings, onCommands, onState: showFeedState }) : undefined;
}

/** Parts of the page that list commands fetch themselves anew. */
function onCommands(): void {
  document.body.dispatchEvent(new CustomEvent("commands-moved"));
}

function onReadings(readings: FeedReading[], serverNowMs: number): void {
  trustServerClock(serverNowMs);
  for (const reading of readings) show(reading.point, reading);
}
