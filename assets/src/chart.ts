// One chart: the lines of up to four points of one unit, over their min-max band.

import uPlot from "uplot";
import { append, columns, forget, type Range, type Series } from "./chart-data.ts";
import { WHOLE_STEPS, axisLabels, roundRange, timeLabels } from "./chart-axes.ts";
import { painter, type Limit } from "./chart-paint.ts";
import { colour, SERIES } from "./colours.ts";
import { moment, number, NONE } from "./format.ts";
import { word } from "./words.ts";

const LEFT_GUTTER = 46;
const RIGHT_GUTTER = 62;
const stepped = uPlot.paths.stepped?.({ align: 1 });

/** What the server wrote on the figure. */
export interface ChartOptions {
  points: number[];
  labels: string[];
  unit: string;
  decimals: number;
  zone: string;
  limits: Limit[];
  /** The value stands until the next one: no slope between them. */
  step: boolean;
}

export class Chart {
  private plot: uPlot | null = null;
  private series: Series[] = [];
  private range: Range = { start: 0, end: 1 };
  private live = false;
  private flags: number[] = [];

  constructor(
    private readonly figure: HTMLElement,
    readonly options: ChartOptions,
    private readonly zoom: (range: Range) => void,
  ) {
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.canvas());
  }

  /** Shows other columns and another range. */
  show(series: Series[], range: Range, live: boolean): void {
    const banded = (some: Series[]) => some.some((one) => one.min);
    const rebuild = !this.plot || banded(series) !== banded(this.series) || series.length !== this.series.length;
    [this.series, this.range, this.live] = [series, range, live];
    if (rebuild) this.build();
    else this.plot?.setData(columns(this.series));
    this.describe();
  }

  /** Adds a live value; `redraw` shows it. */
  push(point: number, at: number, value: number | null): boolean {
    const series = this.series.find((one) => one.point === point);
    return series !== undefined && append(series, at, value);
  }

  /** Shows what was pushed, the right edge at `range.end`. */
  redraw(range: Range): void {
    this.range = range;
    for (const one of this.series) forget(one, range.start);
    this.plot?.setData(columns(this.series));
  }

  /** Shows where notes stand, ms. */
  flag(instants: number[]): void {
    this.flags = instants;
    this.plot?.redraw(false);
  }

  /** Draws all again, in the colours of the present theme. */
  build(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.settings(), columns(this.series), this.canvas());
  }

  private canvas(): HTMLElement {
    return this.figure.querySelector<HTMLElement>("[data-plot]") ?? this.figure;
  }

  private size(): { width: number; height: number } {
    return { width: this.canvas().clientWidth, height: this.canvas().clientHeight };
  }

  private settings(): uPlot.Options {
    const { zone, decimals } = this.options;
    const isWhole = decimals === 0;
    const steps = isWhole ? { incrs: WHOLE_STEPS } : {};
    const axis = { stroke: colour("--ink-3"), font: "11px system-ui, sans-serif", grid: { stroke: colour("--grid"), width: 1 } };
    return {
      ...this.size(),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      padding: [10, RIGHT_GUTTER, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        sync: { key: "charts" },
        points: { size: 6 },
      },
      scales: {
        x: { time: true, range: () => [this.range.start / 1000, this.range.end / 1000] },
        y: { range: (_plot, low, high) => roundRange(low, high, isWhole ? 0.5 : 0) },
      },
      axes: [
        { ...axis, grid: { show: false }, ticks: { show: false }, values: timeLabels(zone), size: 36, space: 70, border: { show: true, stroke: colour("--axis"), width: 1 } },
        { ...axis, size: LEFT_GUTTER, gap: 6, ticks: { show: false }, space: 36, values: (_plot, ticks) => axisLabels(ticks), ...steps },
      ],
      series: [{}, ...this.lines()],
      bands: this.bands(),
      plugins: [painter(() => ({ series: this.series, limits: this.options.limits, decimals: this.options.decimals, live: this.live, flags: this.flags }))],
      hooks: {
        ready: [(plot) => plot.over.addEventListener("click", (event) => this.pointed(plot, event))],
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.readOut(plot)],
      },
    };
  }

  private lines(): uPlot.Series[] {
    return this.series.flatMap((one, index) => {
      const style = SERIES[index % SERIES.length] ?? SERIES[0];
      const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
      const line: uPlot.Series = {
        stroke: colour(style.token),
        width: 1.5,
        dash: [...style.dash],
        points: { show: one.at.length < 2, size: 5 },
        ...(this.options.step && stepped ? { paths: stepped } : {}),
      };
      return one.min ? [edge, edge, line] : [line];
    });
  }

  private bands(): uPlot.Band[] {
    const [only] = this.series;
    if (this.series.length !== 1 || !only?.min) return [];
    return [{ series: [2, 1], fill: colour("--d1-band") }];
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 8) return;
    const [start, end] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.zoom({ start: start * 1000, end: end * 1000 });
  }

  /** Tells the page which instant was pressed ("instant-chosen"). */
  private pointed(plot: uPlot, event: MouseEvent): void {
    const at = plot.posToVal(event.offsetX, "x") * 1000;
    this.figure.dispatchEvent(new CustomEvent("instant-chosen", { bubbles: true, detail: at }));
  }

  /** The values under the pointer, written beside the title. */
  private readOut(plot: uPlot): void {
    const place = this.figure.querySelector<HTMLElement>("[data-readout]");
    const { idx } = plot.cursor;
    if (!place) return;
    const at = idx == null ? undefined : plot.data[0][idx];
    place.textContent = at === undefined || idx == null ? "" : `${moment(at * 1000, this.options.zone)} · ${this.valuesAt(plot, idx)}`;
  }

  private valuesAt(plot: uPlot, index: number): string {
    const step = this.series[0]?.min ? 3 : 1;
    return this.series
      .map((_one, place) => {
        const value = plot.data[step + place * step]?.[index];
        const text = value == null ? NONE : `${number(value, this.options.decimals)} ${this.options.unit}`;
        return this.series.length > 1 ? `${this.options.labels[place] ?? ""} ${text}` : text;
      })
      .join(" · ");
  }

  /** The chart in one sentence, for those who do not see it. */
  private describe(): void {
    const summary = this.figure.querySelector("[data-summary]");
    if (!summary) return;
    summary.textContent = this.series.map((one, place) => this.sentence(one, place)).join(" ");
  }

  private sentence(series: Series, place: number): string {
    const name = this.options.labels[place] ?? "";
    const known = (column: (number | null)[]) => column.filter((value): value is number => value !== null);
    const low = known(series.min ?? series.mean);
    const high = known(series.max ?? series.mean);
    if (low.length === 0) return word("chart-summary-empty", { name });
    const text = (value: number) => `${number(value, this.options.decimals)} ${this.options.unit}`;
    const least = low.reduce((a, b) => Math.min(a, b));
    const most = high.reduce((a, b) => Math.max(a, b));
    return word("chart-summary", { name, min: text(least), max: text(most), last: text(known(series.mean).at(-1) ?? NaN), gaps: series.gaps.length });
  }
}
