// The scales of a chart: round numbers, and times on the clock of the site.

import uPlot from "uplot";
import { number } from "./format.ts";
import { word } from "./words.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MOST_DECIMALS = 6;

/** A little air above and below, at least `least`; a flat line gets a range of its own size. */
export function roundRange(low: number | null, high: number | null, least = 0): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = Math.max(least, high > low ? (high - low) * 0.08 : Math.max(Math.abs(high) * 0.02, 0.5));
  return [low - air, high + air];
}

/** Steps between whole numbers: half a person or half a bay is no tick. */
export const WHOLE_STEPS = Array.from({ length: 15 }, (_none, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** Numbers of the axis, with as many decimals as its steps need. */
export function axisLabels(ticks: number[]): string[] {
  const step = ticks.length > 1 ? Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) : 1;
  const decimals = decimalsOf(step);
  return ticks.map((tick) => number(tick, decimals));
}

/** The fewest decimals that write a step as it is: 0 for 20, 1 for 2.5, 2 for 0.25. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals += 1) {
    const scaled = step * 10 ** decimals;
    const whole = Math.round(scaled);
    if (whole >= 1 && Math.abs(scaled - whole) < 1e-6 * whole) return decimals;
  }
  return MOST_DECIMALS;
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
