// What is drawn over and under the lines of a chart: gaps, limits, the value now.

import uPlot from "uplot";
import type { Series } from "./chart-data.ts";
import { colour, hatch, SERIES } from "./colours.ts";
import { duration, number } from "./format.ts";
import { word } from "./words.ts";

export interface Limit {
  value: number;
  word: string;
}

export interface Paint {
  series: Series[];
  limits: Limit[];
  decimals: number;
  /** Whether the right edge is the present. */
  live: boolean;
  /** Instants of notes, ms. */
  flags: number[];
}

/** Draws `paint()` at each redraw. */
export function painter(paint: () => Paint): uPlot.Plugin {
  return {
    hooks: {
      drawAxes: (plot) => within(plot, () => gaps(plot, paint())),
      draw: (plot) => {
        plot.ctx.save();
        limits(plot, paint());
        lastValues(plot, paint());
        within(plot, () => flags(plot, paint()));
        plot.ctx.restore();
      },
    },
  };
}

const ratio = () => devicePixelRatio || 1;
const font = (weight: number) => `${weight} ${11 * ratio()}px system-ui, sans-serif`;

function within(plot: uPlot, draw: () => void): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  draw();
  plot.ctx.restore();
}

/** Hatches what is missing in every series, and says how long when there is room. */
function gaps(plot: uPlot, { series }: Paint): void {
  const { ctx, bbox } = plot;
  const [only] = series;
  if (series.length !== 1 || !only) return;
  for (const [from, to] of only.gaps) {
    const x = plot.valToPos(from / 1000, "x", true);
    const width = plot.valToPos(to / 1000, "x", true) - x;
    if (width < 2) continue;
    ctx.fillStyle = hatch(ctx);
    ctx.fillRect(x, bbox.top, width, bbox.height);
    const text = word("chart-no-data", { length: duration((to - from) / 1000) });
    ctx.font = font(400);
    if (ctx.measureText(text).width + 8 * ratio() > width) continue;
    ctx.fillStyle = colour("--ink-3");
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.fillText(text, x + width / 2, bbox.top + 4 * ratio());
  }
}

function limits(plot: uPlot, { limits, decimals }: Paint): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales["y"] ?? {};
  for (const limit of limits) {
    if (limit.value < min || limit.value > max) continue;
    const y = Math.round(plot.valToPos(limit.value, "y", true));
    ctx.save();
    ctx.strokeStyle = colour("--axis");
    ctx.lineWidth = ratio();
    ctx.setLineDash([4 * ratio(), 3 * ratio()]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
    label(plot, y, `${limit.word} ${number(limit.value, decimals)}`, "--ink-3", 400);
  }
}

function lastValues(plot: uPlot, { series, decimals, live }: Paint): void {
  if (!live) return;
  series.forEach((one, index) => {
    const at = one.at.at(-1);
    const value = one.mean.at(-1);
    const style = SERIES[index];
    if (at === undefined || value === undefined || value === null || !style) return;
    const x = plot.valToPos(at / 1000, "x", true);
    const y = plot.valToPos(value, "y", true);
    if (y < plot.bbox.top || y > plot.bbox.top + plot.bbox.height) return;
    plot.ctx.fillStyle = colour(style.token);
    plot.ctx.beginPath();
    plot.ctx.arc(x, y, 3 * ratio(), 0, 2 * Math.PI);
    plot.ctx.fill();
    if (series.length === 1) label(plot, y, number(value, decimals), "--ink", 600);
  });
}

/** A small flag on the top edge for each note. */
function flags(plot: uPlot, { flags }: Paint): void {
  const { ctx, bbox } = plot;
  ctx.strokeStyle = ctx.fillStyle = colour("--ink");
  ctx.lineWidth = ratio();
  for (const at of flags) {
    const x = Math.round(plot.valToPos(at / 1000, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const size = 7 * ratio();
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + 2 * size);
    ctx.lineTo(x, bbox.top);
    ctx.lineTo(x + size, bbox.top + size / 2);
    ctx.lineTo(x, bbox.top + size);
    ctx.stroke();
    ctx.fill();
  }
}

/** Writes into the right gutter, beside height `y`. */
function label(plot: uPlot, y: number, text: string, token: string, weight: number): void {
  const { ctx, bbox } = plot;
  ctx.font = font(weight);
  ctx.fillStyle = colour(token);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, bbox.left + bbox.width + 6 * ratio(), y);
}
