// What travels on /ws: see docs/feed.md. Nothing that arrives is trusted before it is read here.

export type FeedQuality = "good" | "uncertain" | "bad";

/** The newest value of a point. */
export interface FeedReading {
  point: number;
  /** When it was true at the source, ms since 1970. */
  at: number;
  /** null when there is no number to show (NaN, infinity). */
  value: number | null;
  quality: FeedQuality;
}

export interface FeedMessage {
  /** The server's clock when it was sent, ms since 1970. */
  now: number;
  readings: FeedReading[];
  /** Points with commands that were asked for or are further. */
  commanded: number[];
}

export const SUBPROTOCOL = "vigie.feed.v1";

/** The first message of a connection; `seen` is the instant of the newest value held of each point. */
export function resume(points: readonly number[], seen: ReadonlyMap<number, number>): string {
  const known = points.filter((point) => seen.has(point));
  return JSON.stringify({
    resume: { points, seen: Object.fromEntries(known.map((point) => [point, seen.get(point)])) },
  });
}

/** Reads a message of the server; undefined for one that this version does not know. */
export function read(text: unknown): FeedMessage | undefined {
  if (typeof text !== "string") return undefined;
  const message: unknown = JSON.parse(text);
  if (!isRecord(message) || typeof message["now"] !== "number") return undefined;
  const entries = message["snapshot"] ?? message["changes"] ?? [];
  const commanded = message["commands"] ?? [];
  if (!Array.isArray(entries) || !Array.isArray(commanded)) return undefined;
  return {
    now: message["now"],
    readings: entries.map(reading).filter((each) => each !== undefined),
    commanded: commanded.filter((point) => typeof point === "number"),
  };
}

function reading(entry: unknown): FeedReading | undefined {
  if (!isRecord(entry)) return undefined;
  const { p, at, v, q } = entry;
  if (typeof p !== "number" || typeof at !== "number") return undefined;
  return { point: p, at, value: typeof v === "number" ? v : null, quality: quality(q) };
}

function quality(q: unknown): FeedQuality {
  return q === "good" || q === "uncertain" ? q : "bad";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
