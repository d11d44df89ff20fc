// What `/api/v1/chart` answers, and how it becomes columns of uPlot.

import uPlot from "uplot";

export interface Series {
  point: number;
  /** Instants in ms since 1970, ascending. */
  at: number[];
  mean: (number | null)[];
  /** Present when a column stands for many samples. */
  min?: (number | null)[];
  max?: (number | null)[];
  /** Stretches without data, in ms. */
  gaps: [number, number][];
}

export interface States {
  point: number;
  /** From, to (ms), code; null is no data. */
  spans: [number, number, number | null][];
}

export interface ChartData {
  start: number;
  end: number;
  now: number;
  series: Series[];
  states: States[];
}

export interface Range {
  start: number;
  end: number;
}

/** Fetches the columns of `points` for a chart `width` pixels wide. */
export async function fetchChart(points: number[], range: Range, width: number): Promise<ChartData> {
  const query = new URLSearchParams({
    points: points.join(","),
    start: String(Math.round(range.start)),
    end: String(Math.round(range.end)),
    width: String(Math.min(4000, Math.max(100, Math.round(width)))),
  });
  const response = await fetch(`/api/v1/chart?${query}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the chart could not be loaded (${response.status})`);
  return response.json() as Promise<ChartData>;
}

/** One shared column of instants (s), then min and max where there is a band, and mean last, so that the line lies over its band. */
export function columns(series: Series[]): uPlot.AlignedData {
  const tables = series.map((one): uPlot.AlignedData => {
    const seconds = one.at.map((ms) => ms / 1000);
    return one.min && one.max ? [seconds, one.min, one.max, one.mean] : [seconds, one.mean];
  });
  const [first] = tables;
  if (!first) return [[]];
  return tables.length === 1 ? first : uPlot.join(tables);
}

/** Adds a live value at the end of a series; nothing older than its last. */
export function append(series: Series, at: number, value: number | null): boolean {
  const last = series.at.at(-1) ?? -Infinity;
  if (at <= last) return false;
  series.at.push(at);
  for (const column of [series.mean, series.min, series.max]) column?.push(value);
  return true;
}

/** Drops what lies before `start`. */
export function forget(series: Series, start: number): void {
  const keep = series.at.findIndex((at) => at >= start);
  const n = keep === -1 ? series.at.length : Math.max(0, keep - 1);
  if (n === 0) return;
  for (const column of [series.at, series.mean, series.min, series.max]) column?.splice(0, n);
}
