// The scales of a chart: round numbers, and times on the clock of the site.

import uPlot from "uplot";
import { number } from "./format.ts";
import { word } from "./words.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A little air above and below; a flat line gets a range of its own size. */
export function roundRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = high > low ? (high - low) * 0.08 : Math.max(Math.abs(high) * 0.02, 0.5);
  return [low - air, high + air];
}

/** Numbers of the axis, with as many decimals as its steps need. */
export function axisLabels(ticks: number[]): string[] {
  const step = ticks.length > 1 ? Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) : 1;
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.map((tick) => number(tick, decimals));
}

/** `14:00`, with the day under midnight; days alone on long ranges. All on the clock of `zone`. */
export const timeLabels =
  (zone: string): uPlot.Axis.Values =>
  (_plot, ticks) => {
    const step = ticks.length > 1 ? (ticks[1] ?? 0) - (ticks[0] ?? 0) : HOUR;
    return ticks.map((tick) => timeLabel(uPlot.tzDate(new Date(tick * 1000), zone), step));
  };

function timeLabel(at: Date, step: number): string {
  const month = word(`month-${at.getMonth() + 1}`);
  if (step >= 27 * DAY) return `${month} ${at.getFullYear()}`;
  const day = `${at.getDate()} ${month}`;
  if (step >= DAY) return day;
  const parts = [at.getHours(), at.getMinutes(), ...(step < MINUTE ? [at.getSeconds()] : [])];
  const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
  const midnight = at.getHours() + at.getMinutes() + at.getSeconds() === 0;
  return midnight ? `${time}\n${day}` : time;
}
