// Without network: the page says that it is offline and from when it is. See worker.ts.

import { showFeedState } from "./feed-status.ts";
import { moment } from "./format.ts";
import { word } from "./words.ts";

/** The instant a page out of memory is from, ms; nothing for a page the server just sent. */
export const offlineSince: number | undefined = Number(document.body.dataset["offline"]) || undefined;

export function startOffline(): void {
  if ("serviceWorker" in navigator && document.querySelector("[data-offline-note]")) {
    void navigator.serviceWorker.register("/worker.js").catch(console.warn);
  }
  if (offlineSince === undefined) return;
  showFeedState({ kind: "offline", sinceMs: offlineSince });
  const when = document.querySelector("[data-offline-when]");
  if (when) when.textContent = word("offline-from", { time: moment(offlineSince, Intl.DateTimeFormat().resolvedOptions().timeZone) });
  addEventListener("online", () => location.reload());
}
