// All charts and state strips of a page: one range, one pointer, one live edge.

import { Chart, type ChartOptions } from "./chart.ts";
import { fetchChart, type ChartData, type Range } from "./chart-data.ts";
import { onThemeChange } from "./colours.ts";
import { Heat, type HeatOptions } from "./heat.ts";
import { Strip, type StripOptions } from "./strip.ts";
import type { Reading } from "./values.ts";
import { flagsOf, followNotes, renewNotes } from "./chart-notes.ts";
import { word } from "./words.ts";

/** A live chart asks for everything anew after so long, so that buckets stay true. */
const REFETCH_MS = 60_000;
const REDRAW_MS = 1_000;
const ZOOM_SETTLE_MS = 150;

/** Brings the charts of `root` (an element with data-charts) to life. */
export function startCharts(root: HTMLElement): void {
  const board = new Board(root);
  board.load();
}

class Board {
  private range: Range;
  /** Length of a range that ends now; null for a fixed range. */
  private span: number | null;
  private readonly charts: Chart[];
  private readonly strips: Strip[];
  private readonly heats: Heat[];
  private clockSkew = 0;
  private dirty = false;
  private zoomedAt = -Infinity;
  private loading: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly root: HTMLElement) {
    const { start, end, span } = root.dataset;
    this.range = { start: Number(start), end: Number(end) };
    this.span = span ? Number(span) : null;
    const zoom = (range: Range) => this.zoomTo(range);
    this.charts = figures(root, "chart").map((one) => new Chart(one, options<ChartOptions>(one), zoom));
    this.strips = figures(root, "strip").map((one) => new Strip(one, options<StripOptions>(one)));
    this.heats = figures(root, "heat").map((one) => new Heat(one, options<HeatOptions>(one)));
    document.addEventListener("point-changed", (event) => this.changed(event as CustomEvent<Reading>));
    addEventListener("popstate", () => location.reload());
    onThemeChange(() => {
      this.charts.forEach((chart) => chart.build());
      this.heats.forEach((heat) => heat.draw());
    });
    followNotes(root, () => this.showFlags());
    setInterval(() => this.advance(), REDRAW_MS);
    setInterval(() => this.span !== null && !document.hidden && this.load(), REFETCH_MS);
  }

  /** Fetches and shows everything for the present range. */
  async load(): Promise<void> {
    if (this.span !== null) this.range = this.lastSpan(this.span);
    const points = [...this.charts.flatMap((one) => one.options.points), ...this.strips.map((one) => one.options.point)];
    try {
      if (points.length > 0) this.show(await fetchChart([...new Set(points)], this.range, this.root.clientWidth));
      await Promise.all(this.heats.map((heat) => heat.load(this.range)));
    } catch (error) {
      this.tell(word("chart-failed"));
      console.warn(error);
    }
  }

  private show(data: ChartData): void {
    this.clockSkew = data.now - Date.now();
    this.tell("");
    for (const chart of this.charts) {
      const series = chart.options.points.flatMap((id) => data.series.filter((one) => one.point === id));
      chart.show(series, this.range, this.span !== null);
    }
    for (const strip of this.strips) {
      const states = data.states.find((one) => one.point === strip.options.point);
      strip.show(states?.spans ?? [], this.range);
    }
  }

  private lastSpan(span: number): Range {
    const end = Date.now() + this.clockSkew;
    return { start: end - span, end };
  }

  private changed(event: CustomEvent<Reading>): void {
    if (this.span === null || !(event.target instanceof HTMLElement)) return;
    const point = Number(event.target.dataset["point"]);
    const { at, value } = event.detail;
    for (const one of [...this.charts, ...this.strips]) this.dirty = one.push(point, at, value) || this.dirty;
  }

  private advance(): void {
    if (this.span === null || !this.dirty || document.hidden) return;
    this.dirty = false;
    this.range = this.lastSpan(this.span);
    for (const one of [...this.charts, ...this.strips]) one.redraw(this.range);
  }

  private zoomTo(range: Range): void {
    this.span = null;
    this.range = range;
    const query = new URLSearchParams(location.search);
    for (const name of ["span", "from", "to"]) query.delete(name);
    query.set("start", String(Math.round(range.start)));
    query.set("end", String(Math.round(range.end)));
    // Charts that share a pointer share its drag: together they are one step back.
    const isNew = performance.now() - this.zoomedAt > ZOOM_SETTLE_MS;
    history[isNew ? "pushState" : "replaceState"](null, "", `?${query}`);
    this.zoomedAt = performance.now();
    this.keepInForms(range);
    for (const chosen of this.root.querySelectorAll("[data-ranges] [aria-current]")) chosen.removeAttribute("aria-current");
    clearTimeout(this.loading);
    this.loading = setTimeout(() => {
      this.load();
      renewNotes(this.root, range);
    }, ZOOM_SETTLE_MS);
  }

  private showFlags(): void {
    for (const chart of this.charts) chart.flag(flagsOf(this.root));
  }

  /** The form that chooses points keeps the range that is shown. */
  private keepInForms(range: Range): void {
    const form = this.root.querySelector("form.ticks");
    for (const old of form?.querySelectorAll("input[type=hidden]") ?? []) old.remove();
    for (const [name, at] of Object.entries(range)) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value: String(Math.round(at)) });
      form?.append(field);
    }
  }

  private tell(text: string): void {
    const place = this.root.querySelector("[data-chart-notice]");
    if (place) place.textContent = text;
  }
}

const figures = (root: HTMLElement, kind: string) => [...root.querySelectorAll<HTMLElement>(`[data-${kind}]`)];

function options<T>(figure: HTMLElement): T {
  return JSON.parse(figure.dataset["chart"] ?? figure.dataset["strip"] ?? figure.dataset["heat"] ?? "{}") as T;
}
