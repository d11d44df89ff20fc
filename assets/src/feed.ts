// The live feed of the page: stays connected, resumes where it was, says how it is.

import { type FeedReading, read, resume, SUBPROTOCOL } from "./feed-protocol.ts";

export type { FeedReading } from "./feed-protocol.ts";

export type FeedState =
  | { kind: "connecting" }
  /** `delayMs`: how old the newest value of the last message was when it came; unknown before the first. */
  | { kind: "live"; delayMs: number | undefined }
  | { kind: "offline"; sinceMs: number };

export interface FeedListener {
  /** New readings, and the server's clock when it sent them. */
  onReadings(readings: FeedReading[], serverNowMs: number): void;
  /** Commands may be further: the server says so, or the connection is back. */
  onCommands(): void;
  onState(state: FeedState): void;
}

export interface Feed {
  close(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Three heartbeats of silence: the connection is dead even if nobody said so. */
const SILENCE_MS = 45_000;
/** A page that was in the background this long gives its connection up. */
const HIDDEN_MS = 5 * 60_000;

/** Watches `points` until it is closed; one connection, whatever happens to it. */
export function connectFeed(points: readonly number[], listener: FeedListener): Feed {
  return new ReconnectingFeed(points, listener);
}

class ReconnectingFeed implements Feed {
  private socket: WebSocket | undefined;
  private attempt = 0;
  private retry: number | undefined;
  private silence: number | undefined;
  private hidden: number | undefined;
  private offlineSince: number | undefined;
  private readonly seen = new Map<number, number>();
  private readonly ending = new AbortController();
  private readonly points: readonly number[];
  private readonly listener: FeedListener;

  constructor(points: readonly number[], listener: FeedListener) {
    this.points = points;
    this.listener = listener;
    const { signal } = this.ending;
    document.addEventListener("visibilitychange", () => this.visibilityChanged(), { signal });
    window.addEventListener("online", () => this.connectNow(), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.connectNow(), { signal });
    listener.onState({ kind: "connecting" });
    this.connect();
  }

  close(): void {
    this.ending.abort();
    clearTimeout(this.hidden);
    this.leave();
  }

  private connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`, SUBPROTOCOL);
    this.socket = socket;
    socket.addEventListener("open", () => socket.send(resume(this.points, this.seen)));
    socket.addEventListener("message", (event) => this.socket === socket && this.take(event.data));
    socket.addEventListener("close", () => this.socket === socket && this.lost());
    this.listen();
  }

  private take(data: unknown): void {
    const message = read(data);
    if (!message) return;
    this.attempt = 0;
    if (message.commanded.length > 0 || this.offlineSince !== undefined) this.listener.onCommands();
    this.offlineSince = undefined;
    this.listen();
    for (const { point, at } of message.readings) {
      this.seen.set(point, Math.max(at, this.seen.get(point) ?? -Infinity));
    }
    if (message.readings.length > 0) this.listener.onReadings(message.readings, message.now);
    this.listener.onState({ kind: "live", delayMs: delay(message.readings, message.now) });
  }

  /** Nothing heard for too long counts as lost. */
  private listen(): void {
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.lost(), SILENCE_MS);
  }

  private lost(): void {
    this.leave();
    this.offlineSince ??= Date.now();
    this.listener.onState({ kind: "offline", sinceMs: this.offlineSince });
    if (document.hidden) return;
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.attempt++);
    this.retry = window.setTimeout(() => this.connect(), ceiling * (0.5 + Math.random() / 2));
  }

  private connectNow(): void {
    if (this.socket || this.ending.signal.aborted) return;
    clearTimeout(this.retry);
    this.attempt = 0;
    this.connect();
  }

  private visibilityChanged(): void {
    clearTimeout(this.hidden);
    if (document.hidden) this.hidden = window.setTimeout(() => this.leave(), HIDDEN_MS);
    else this.connectNow();
  }

  /** Lets the connection go without a word to the listener. */
  private leave(): void {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }
}

function delay(readings: FeedReading[], now: number): number | undefined {
  if (readings.length === 0) return undefined;
  return Math.max(0, now - Math.max(...readings.map((each) => each.at)));
}
