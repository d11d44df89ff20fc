// The desk where a dashboard is arranged: by dragging, and just as well by keys.
// Arrow keys on "Move" carry a tile, on "Resize" they change its size; the rest gives way downwards.

import { place } from "./dashboard.ts";
import { COLUMNS, firstFree, moved, resized, settled, type Box } from "./dashboard-grid.ts";
import { startAdding } from "./dashboard-add.ts";
import { sketch } from "./dashboard-sketch.ts";

export interface Tile extends Box {
  kind: string;
  title?: string;
  points?: number[];
  text?: string;
}

const ROW_PX = 72;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
type Act = "move" | "resize";

export class Desk {
  readonly names: Record<string, string>;
  private tiles: Tile[];
  private version: string;
  private dirty = false;
  private readonly grid: HTMLElement;
  private readonly phrases: Record<string, string>;

  constructor(private readonly root: HTMLElement) {
    this.tiles = (JSON.parse(root.dataset["layout"] ?? "{}") as { tiles?: Tile[] }).tiles ?? [];
    this.names = JSON.parse(root.dataset["names"] ?? "{}") as Record<string, string>;
    this.phrases = JSON.parse(root.dataset["phrases"] ?? "{}") as Record<string, string>;
    this.version = root.dataset["version"] ?? "";
    this.grid = root.querySelector<HTMLElement>("[data-grid]") ?? root;
    root.querySelector("[data-save]")?.addEventListener("click", () => void this.save());
    for (const field of root.querySelectorAll("[data-name], [data-shared]")) field.addEventListener("input", () => (this.dirty = true));
    addEventListener("beforeunload", (event) => this.dirty && event.preventDefault());
    startAdding(root, this);
    this.draw();
  }

  phrase(key: string, places: Record<string, number> = {}): string {
    return (this.phrases[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(places[name] ?? whole));
  }

  /** Adds a tile where there is room; whether there was. */
  add(tile: Omit<Tile, keyof Box>, w: number, h: number): boolean {
    if (this.tiles.length >= 40) return false;
    this.tiles.push({ ...tile, ...firstFree(this.tiles, w, h) });
    this.dirty = true;
    this.draw();
    this.grid.querySelector<HTMLElement>(".tile:last-child [data-act=move]")?.focus();
    return true;
  }

  /** Says what is wrong; an empty text takes it back. */
  trouble(text: string): void {
    const place = this.root.querySelector<HTMLElement>("[data-trouble]");
    const words = this.root.querySelector<HTMLElement>("[data-trouble-text]");
    if (!place || !words) return;
    place.hidden = text === "";
    words.textContent = text;
  }

  private draw(): void {
    this.grid.replaceChildren(...this.tiles.map((tile) => this.element(tile)));
  }

  private element(tile: Tile): HTMLElement {
    const section = make("section", { className: "tile" });
    const title = this.titleOf(tile);
    const bar = make("div", { className: "tile-h" });
    bar.append(make("h2", { textContent: title }), this.button("move", tile, title), this.button("resize", tile, title), this.remover(tile, title));
    section.append(bar, make("p", { className: "muted xs", textContent: this.contentOf(tile) }), sketch(tile.kind));
    place(section, { ...tile });
    return section;
  }

  private button(act: Act, tile: Tile, title: string): HTMLButtonElement {
    const button = make("button", { type: "button", className: "btn sm" });
    button.dataset["act"] = act;
    button.setAttribute("aria-describedby", "desk-hint");
    button.append(this.phrase(`dashboard-${act}`), make("span", { className: "vh", textContent: ` ${title}` }));
    button.addEventListener("keydown", (event) => this.key(event, act, tile));
    button.addEventListener("pointerdown", (event) => this.drag(event, act, tile, button));
    return button;
  }

  private remover(tile: Tile, title: string): HTMLButtonElement {
    const button = make("button", { type: "button", className: "btn sm" });
    button.append(this.phrase("dashboard-drop"), make("span", { className: "vh", textContent: ` ${title}` }));
    button.addEventListener("click", () => {
      this.tiles = this.tiles.filter((one) => one !== tile);
      this.dirty = true;
      this.draw();
    });
    return button;
  }

  private key(event: KeyboardEvent, act: Act, tile: Tile): void {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    this.change(tile, this.changed(act, tile, step[0], step[1]), act);
  }

  private changed(act: Act, tile: Tile, dx: number, dy: number): Tile {
    return act === "move" ? moved(tile, tile.x + dx, tile.y + dy) : resized(tile, tile.w + dx, tile.h + dy);
  }

  /** Puts `next` in the place of `tile`, and the focus back on its button. */
  private change(tile: Tile, next: Tile, act: Act): void {
    const at = this.tiles.indexOf(tile);
    this.tiles = settled(this.tiles.map((one) => (one === tile ? next : one)), at);
    this.dirty = true;
    this.draw();
    this.grid.children[at]?.querySelector<HTMLElement>(`[data-act=${act}]`)?.focus();
    this.say(this.phrase("dashboard-place", { x: next.x + 1, y: next.y + 1, w: next.w, h: next.h }));
  }

  private drag(down: PointerEvent, act: Act, tile: Tile, button: HTMLElement): void {
    if (down.button !== 0) return;
    const column = this.grid.clientWidth / COLUMNS;
    const section = button.closest<HTMLElement>(".tile");
    let next = tile;
    const move = (event: PointerEvent) => {
      next = this.changed(act, tile, Math.round((event.clientX - down.clientX) / column), Math.round((event.clientY - down.clientY) / ROW_PX));
      if (section) place(section, { ...next });
    };
    button.setPointerCapture(down.pointerId);
    button.addEventListener("pointermove", move);
    const end = () => {
      button.removeEventListener("pointermove", move);
      if (next !== tile) this.change(tile, next, act);
    };
    button.addEventListener("pointerup", end, { once: true });
    button.addEventListener("pointercancel", end, { once: true });
  }

  private titleOf(tile: Tile): string {
    const [first] = tile.points ?? [];
    const only = tile.points?.length === 1 && first !== undefined ? this.names[first] : undefined;
    return tile.title || only || this.phrase(`tile-${tile.kind}`);
  }

  private contentOf(tile: Tile): string {
    const points = (tile.points ?? []).map((id) => this.names[id] ?? this.phrase("dashboard-unseen"));
    return [this.phrase(`tile-${tile.kind}`), ...points, tile.text ?? ""].filter(Boolean).join(" · ");
  }

  private say(text: string): void {
    const place = this.root.querySelector("[data-say]");
    if (place) place.textContent = text;
  }

  private async save(): Promise<void> {
    const name = this.root.querySelector<HTMLInputElement>("[data-name]")?.value ?? "";
    const shared = this.root.querySelector<HTMLInputElement>("[data-shared]")?.checked ?? false;
    const id = this.root.dataset["id"];
    const body = JSON.stringify({ name, shared, layout: { tiles: inOrder(this.tiles) } });
    try {
      const answer = await fetch(`/api/v1/dashboards/${id}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "If-Match": `"${this.version}"` },
        body,
      });
      if (answer.ok) return this.leave(`/dashboards/${id}`);
      const problem = (await answer.json()) as { detail?: string; errors?: { detail: string }[] };
      this.trouble(answer.status === 412 ? this.phrase("dashboard-stale") : (problem.errors?.[0]?.detail ?? problem.detail ?? this.phrase("dashboard-failed")));
    } catch {
      this.trouble(this.phrase("dashboard-failed"));
    }
  }

  private leave(address: string): void {
    this.dirty = false;
    location.assign(address);
  }
}

/** On a narrow screen tiles follow each other as they are read: row by row. */
const inOrder = (tiles: Tile[]) => [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);

function make<K extends keyof HTMLElementTagNameMap>(name: K, parts: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), parts);
}
