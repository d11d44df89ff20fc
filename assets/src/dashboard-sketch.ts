// What a tile will look like, in a few strokes: on the desk tiles are arranged, not read.

const SVG = "http://www.w3.org/2000/svg";

/** One path for each kind of tile, in a drawing of 120 by 40. */
const STROKES: Record<string, string> = {
  value: "M8 30V12l-5 4M20 12h10v8H20v10h10M40 12h10v18H40m3-9h7",
  range: "M4 24h112M30 20v8M90 20v8M62 14v16",
  chart: "M4 4v32h112M8 28l16-10 14 6 18-14 16 8 14-6 22 10",
  states: "M4 14h30v12H4zM46 14h18v12H46zM64 20h20M84 14h32v12H84z",
  table: "M4 8h112M4 20h112M4 32h112M70 4v32",
  map: "M4 30l16-18 22 10 20-14 22 12 32-8M62 24a4 4 0 1 0 .1 0M98 26a4 4 0 1 0 .1 0",
  text: "M4 8h96M4 18h112M4 28h64",
};

/** The sketch of a kind of tile; people who do not see it have its words beside it. */
export function sketch(kind: string): SVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 120 40");
  drawing.setAttribute("class", "sketch");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", STROKES[kind] ?? "");
  drawing.append(path);
  return drawing;
}
