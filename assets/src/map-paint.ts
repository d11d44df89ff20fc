// The marks of look.md on a canvas: shape first, colour second; a normal site is a small grey ring.

import { colour } from "./colours.ts";
import type { State } from "./map-data.ts";

const FONT = "12px system-ui, sans-serif";
/** From the middle of a mark to its name. */
export const NAME_GAP = 11;

/** One site by its state, `x` and `y` its middle. */
export function drawSite(context: CanvasRenderingContext2D, x: number, y: number, state: State): void {
  const radius = state === "normal" || state === "waiting" ? 4 : 7;
  circle(context, x, y, radius, state);
  glyph(context, x, y, radius, state);
}

/** Several sites: their number in a ring, their worst state at its edge. */
export function drawCluster(context: CanvasRenderingContext2D, x: number, y: number, count: string, state: State): void {
  const radius = 13 + 3 * Math.min(3, count.length - 1);
  circle(context, x, y, radius, "normal");
  context.font = `500 ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colour("--ink");
  context.fillText(count, x, y + 0.5);
  if (state !== "normal" && state !== "waiting") drawSite(context, x + radius * 0.9, y - radius * 0.9, state);
}

/** The name beside a mark, readable over borders. */
export function drawName(context: CanvasRenderingContext2D, x: number, y: number, name: string): void {
  context.font = `400 ${FONT}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colour("--surface");
  context.strokeText(name, x + NAME_GAP, y);
  context.fillStyle = colour("--ink-2");
  context.fillText(name, x + NAME_GAP, y);
}

/** How far a name reaches. */
export function nameWidth(context: CanvasRenderingContext2D, name: string): number {
  context.font = `400 ${FONT}`;
  return context.measureText(name).width;
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number, state: State): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour("--surface");
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = ink(state);
  context.setLineDash(state === "stale" ? [2.6, 1.8] : []);
  context.stroke();
  context.setLineDash([]);
}

function glyph(context: CanvasRenderingContext2D, x: number, y: number, radius: number, state: State): void {
  const far = radius * 0.68;
  const lines: Record<State, number[][]> = {
    offline: [[-far, far, far, -far]],
    bad: [[-far / 2, -far / 2, far / 2, far / 2], [far / 2, -far / 2, -far / 2, far / 2]],
    stale: [[0, -far * 0.8, 0, 0], [0, 0, far * 0.6, far * 0.4]],
    waiting: [[-1.5, 0, 1.5, 0]],
    normal: [],
  };
  context.strokeStyle = ink(state);
  context.beginPath();
  for (const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] of lines[state]) {
    context.moveTo(x + x1, y + y1);
    context.lineTo(x + x2, y + y2);
  }
  context.stroke();
}

function ink(state: State): string {
  if (state === "bad") return colour("--qual");
  return colour(state === "normal" || state === "waiting" ? "--ink-3" : "--ink");
}
