// Numbers, ages and times as the server writes them (src/web/format.rs); keep the two alike.

import { language, word } from "./words.ts";

export const NONE = "—";
/** What the reader chose, else as in the language. */
const { numbers = language, dates } = document.documentElement.dataset;
const GROUP = numbers === "fr" ? "\u202f" : ",";
const POINT = numbers === "fr" ? "," : ".";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `value` with a fixed number of decimals, grouped, with a real minus sign. */
export function number(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NONE;
  const digits = Math.abs(value).toFixed(decimals);
  const [whole = "0", fraction] = digits.split(".");
  const sign = value < 0 && /[1-9]/.test(digits) ? "−" : "";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, GROUP);
  return sign + grouped + (fraction ? POINT + fraction : "");
}

/** A length of time, rounded down: `45 s`, `6 min`, `1 h 20 min`, `3 d`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return word("age-seconds", { n: whole });
  if (whole < HOUR) return word("age-minutes", { n: Math.floor(whole / MINUTE) });
  if (whole >= DAY) return word("age-days", { n: Math.floor(whole / DAY) });
  const [h, m] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE)];
  return m === 0 ? word("age-hours", { n: h }) : word("age-hours-minutes", { h, m });
}

/** `20 Nov 14:32` on the clock of `zone`. */
export function moment(atMs: number, zone: string): string {
  if (dates === "iso") return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(atMs);
  return new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  }).format(atMs).replace(",", "");
}

/** `14:32:07` on the clock of `zone`. */
export function clock(atMs: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone,
  }).format(atMs);
}
