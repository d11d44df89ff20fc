// A point of named states as a strip, on the same axis as the charts above it.

import type { Range, States } from "./chart-data.ts";
import { duration, moment } from "./format.ts";
import { word } from "./words.ts";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 20;
/** Below this a word does not fit into its span. */
const WORD_WIDTH = 7;

/** What the server wrote on the figure. */
export interface StripOptions {
  point: number;
  /** Code -> word. */
  states: Record<string, string>;
  zone: string;
}

type Span = States["spans"][number];

export class Strip {
  private spans: Span[] = [];
  private range: Range = { start: 0, end: 1 };
  private readonly drawing = document.createElementNS(SVG, "svg");

  constructor(
    private readonly figure: HTMLElement,
    readonly options: StripOptions,
  ) {
    this.drawing.setAttribute("class", "strip");
    this.drawing.setAttribute("aria-hidden", "true");
    figure.querySelector("[data-plot]")?.append(this.drawing);
    new ResizeObserver(() => this.draw()).observe(figure);
  }

  show(spans: Span[], range: Range): void {
    this.spans = spans;
    this.range = range;
    this.draw();
    this.describe();
  }

  push(point: number, at: number, value: number | null): boolean {
    if (point !== this.options.point) return false;
    const last = this.spans.at(-1);
    if (last && last[2] === value) last[1] = Math.max(last[1], at);
    else {
      if (last) last[1] = at;
      this.spans.push([at, at, value]);
    }
    return true;
  }

  redraw(range: Range): void {
    this.range = range;
    const last = this.spans.at(-1);
    if (last && last[2] !== null) last[1] = range.end;
    this.draw();
  }

  private draw(): void {
    const width = this.drawing.clientWidth;
    if (width === 0) return;
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.drawing.replaceChildren(...this.spans.flatMap((span) => this.shapes(span, width)));
  }

  private shapes([from, to, code]: Span, width: number): SVGElement[] {
    const scale = width / (this.range.end - this.range.start);
    const x = Math.max(0, (from - this.range.start) * scale);
    const end = Math.min(width, (to - this.range.start) * scale);
    if (end <= x) return [];
    const name = this.nameOf(code);
    const box = element("rect", { x, y: 0, width: Math.max(0.75, end - x), height: HEIGHT, class: `s-${this.rank(code)}` });
    const title = element("title", {});
    title.textContent = `${name}, ${moment(from, this.options.zone)}, ${duration((to - from) / 1000)}`;
    box.append(title);
    if (end - x < name.length * WORD_WIDTH + 12) return [box];
    const text = element("text", { x: x + 6, y: 14, class: `s-t on-${this.rank(code)}` });
    text.textContent = name;
    return [box, text];
  }

  private nameOf(code: number | null): string {
    return code === null ? word("no-data") : (this.options.states[String(code)] ?? String(code));
  }

  /** The place of a state among those of its point: it gives the fill. */
  private rank(code: number | null): string {
    if (code === null) return "no";
    const codes = Object.keys(this.options.states).map(Number).sort((a, b) => a - b);
    return String(Math.max(0, codes.indexOf(code)) % 4);
  }

  private describe(): void {
    const summary = this.figure.querySelector("[data-summary]");
    if (!summary) return;
    const time = new Map<string, number>();
    for (const [from, to, code] of this.spans) time.set(this.nameOf(code), (time.get(this.nameOf(code)) ?? 0) + (to - from) / 1000);
    summary.textContent = [...time].map(([name, seconds]) => `${name} ${duration(seconds)}`).join(", ");
  }
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
