// A page of sums has no point to follow: it is asked for anew every few seconds while somebody
// looks, and only what differs is written. The page marks what may change with data-pulse.

import { showFeedState } from "./feed-status.ts";
import { morph } from "./morph.ts";
import { offlineSince } from "./offline.ts";
import { tick, trustServerClock } from "./values.ts";

const EVERY_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

export function startPulse(): void {
  if (document.querySelector("[data-pulse]") && offlineSince === undefined) new Pulse();
}

class Pulse {
  private next: number | undefined;
  private lostSince: number | undefined;

  constructor() {
    showFeedState({ kind: "live", delayMs: undefined });
    document.addEventListener("visibilitychange", () => !document.hidden && this.beat());
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.next);
    this.next = window.setTimeout(() => this.beat(), EVERY_MS);
  }

  /** One at a time; none while nobody looks. */
  private async beat(): Promise<void> {
    clearTimeout(this.next);
    if (document.hidden) return;
    try {
      await this.refresh();
      this.lostSince = undefined;
      showFeedState({ kind: "live", delayMs: undefined });
    } catch {
      this.lostSince ??= Date.now();
      showFeedState({ kind: "offline", sinceMs: this.lostSince });
    }
    this.wait();
  }

  private async refresh(): Promise<void> {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (answer.redirected || answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    trustServerClock(Number(fresh.body.dataset["now"]));
    const parts = fresh.querySelectorAll("[data-pulse]");
    document.querySelectorAll("[data-pulse]").forEach((part, index) => {
      const newer = parts[index];
      if (newer) morph(part, newer);
    });
    tick();
  }
}
