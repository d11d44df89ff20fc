// Points that are numbered alike (cells), over time: a row each, coloured by how far it lies from
// the mean of all of them at that moment.

import { fetchChart, type Range, type Series } from "./chart-data.ts";
import { colour, hatch } from "./colours.ts";
import { moment, number } from "./format.ts";

/** What `/api/v1/chart` answers at once. */
const POINTS_AT_ONCE = 24;
const COLUMNS = 240;
const ROW_HEIGHTS = { least: 3, most: 12, all: 192 };
/** Deviations below this share of the mean are all grey. */
const STILL_GREY = 0.002;
const LEVELS = 3;

/** What the server wrote on the figure. */
export interface HeatOptions {
  /** In the order of their numbers. */
  points: number[];
  numbers: number[];
  unit: string;
  decimals: number;
  zone: string;
}

type Row = (number | null)[];

export class Heat {
  private rows: Row[] = [];
  private means: Row = [];
  private range: Range = { start: 0, end: 1 };
  private readonly canvas = document.createElement("canvas");

  constructor(
    private readonly figure: HTMLElement,
    readonly options: HeatOptions,
  ) {
    this.canvas.className = "heat";
    figure.querySelector("[data-plot]")?.append(this.canvas);
    this.canvas.addEventListener("pointermove", (event) => this.read(event));
    this.canvas.addEventListener("pointerleave", () => this.tell(""));
    new ResizeObserver(() => this.draw()).observe(figure);
  }

  /** Fetches and draws everything in `range`. */
  async load(range: Range): Promise<void> {
    const { points } = this.options;
    const parts = Array.from({ length: Math.ceil(points.length / POINTS_AT_ONCE) }, (_, part) =>
      fetchChart(points.slice(part * POINTS_AT_ONCE, (part + 1) * POINTS_AT_ONCE), range, COLUMNS),
    );
    const answers = await Promise.all(parts);
    const series = new Map(answers.flatMap((one) => one.series).map((one) => [one.point, one]));
    const end = Math.min(range.end, answers[0]?.now ?? range.end);
    this.range = range;
    this.rows = points.map((point) => rowOf(series.get(point), range, end));
    this.means = Array.from({ length: COLUMNS }, (_, column) => mean(this.rows.map((row) => row[column] ?? null)));
    this.draw();
    this.describe();
  }

  /** Draws again, in the colours of now. */
  draw(): void {
    const width = this.canvas.clientWidth;
    const context = this.canvas.getContext("2d");
    if (!context || width === 0 || this.rows.length === 0) return;
    const { least, most, all } = ROW_HEIGHTS;
    const height = Math.min(most, Math.max(least, Math.floor(all / this.rows.length)));
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = this.rows.length * height * devicePixelRatio;
    this.canvas.style.height = `${this.rows.length * height}px`;
    const fills = Array.from({ length: 2 * LEVELS + 1 }, (_, level) => colour(`--v${level - LEVELS}`));
    const unknown = hatch(context);
    const scale = this.scale();
    const [cell, row] = [this.canvas.width / COLUMNS, height * devicePixelRatio];
    for (const [line, values] of this.rows.entries()) {
      for (let column = 0; column < COLUMNS; column++) {
        const level = levelOf(values[column] ?? null, this.means[column] ?? null, scale);
        context.fillStyle = level === null ? unknown : (fills[level + LEVELS] ?? unknown);
        context.fillRect(Math.floor(column * cell), line * row, Math.ceil(cell), row - devicePixelRatio);
      }
    }
  }

  /** The deviation that has the strongest colour. */
  private scale(): number {
    let [farthest, highest] = [0, 0];
    for (const row of this.rows) {
      for (const [column, value] of row.entries()) {
        const middle = this.means[column] ?? null;
        if (value === null || middle === null) continue;
        farthest = Math.max(farthest, Math.abs(value - middle));
        highest = Math.max(highest, Math.abs(middle));
      }
    }
    return Math.max(farthest, highest * STILL_GREY);
  }

  private read(event: PointerEvent): void {
    const line = Math.floor((event.offsetY / this.canvas.clientHeight) * this.rows.length);
    const column = Math.floor((event.offsetX / this.canvas.clientWidth) * COLUMNS);
    const value = this.rows[line]?.[column] ?? null;
    const at = this.range.start + ((column + 0.5) / COLUMNS) * (this.range.end - this.range.start);
    this.tell(`${this.options.numbers[line] ?? ""} · ${this.text(value)} · ${moment(at, this.options.zone)}`);
  }

  private text(value: number | null): string {
    return `${number(value ?? NaN, this.options.decimals)} ${this.options.unit}`;
  }

  private tell(text: string): void {
    const place = this.figure.querySelector("[data-readout]");
    if (place) place.textContent = text;
  }

  /** Least and greatest of each row, for who does not see it. */
  private describe(): void {
    const summary = this.figure.querySelector("[data-summary]");
    if (!summary) return;
    const lines = this.rows.map((row, line) => {
      const known = row.filter((value) => value !== null);
      const ends = known.length === 0 ? [null] : [Math.min(...known), Math.max(...known)];
      return `${this.options.numbers[line] ?? ""}: ${ends.map((value) => this.text(value)).join(" – ")}`;
    });
    summary.textContent = lines.join("; ");
  }
}

/** One value for each column: the newest there, or the one before it as long as there is no gap. */
function rowOf(series: Series | undefined, range: Range, end: number): Row {
  const row: Row = new Array<number | null>(COLUMNS).fill(null);
  if (!series) return row;
  const width = (range.end - range.start) / COLUMNS;
  let [next, value]: [number, number | null] = [0, null];
  for (let column = 0; column < COLUMNS; column++) {
    const until = range.start + (column + 1) * width;
    while (next < series.at.length && series.at[next]! < until) value = series.mean[next++] ?? value;
    const from = until - width;
    const isGap = from > end || series.gaps.some(([begin, over]) => begin <= from && until <= over);
    row[column] = isGap ? null : value;
  }
  return row;
}

function mean(values: Row): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function levelOf(value: number | null, middle: number | null, scale: number): number | null {
  if (value === null || middle === null) return null;
  if (scale === 0) return 0;
  return Math.round(Math.min(1, Math.max(-1, (value - middle) / scale)) * LEVELS);
}
