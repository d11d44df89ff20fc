// The tokens of the look, resolved for a canvas (they may be `light-dark(…)`).

const probe = document.createElement("i");
probe.hidden = true;

/** The colour a token has now, as `rgb(…)`. */
export function colour(token: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

/** Calls back when the theme of the system changes. */
export function onThemeChange(redraw: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/** Series in their fixed order, each with its own dash. */
export const SERIES = [
  { token: "--d1", dash: [] },
  { token: "--d2", dash: [6, 3] },
  { token: "--d3", dash: [2, 2] },
  { token: "--d4", dash: [8, 3, 2, 3] },
] as const;

/** A pattern of diagonal lines: no data here. */
export function hatch(context: CanvasRenderingContext2D): CanvasPattern | string {
  const size = 8 * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const draw = tile.getContext("2d");
  if (!draw) return colour("--sunken");
  draw.strokeStyle = colour("--hatch");
  draw.lineWidth = devicePixelRatio;
  draw.beginPath();
  for (const shift of [-size, 0, size]) {
    draw.moveTo(shift, size);
    draw.lineTo(shift + size, 0);
  }
  draw.stroke();
  return context.createPattern(tile, "repeat") ?? colour("--sunken");
}
