// The marks of a map on one canvas: sites that would touch stand together as a count with the worst state among them.

import L from "leaflet";
import { number } from "./format.ts";
import { type MapSite, STATES, wordsOf } from "./map-data.ts";
import { drawCluster, drawName, drawSite, NAME_GAP, nameWidth } from "./map-paint.ts";

/** Sites nearer than this on the screen are drawn as one. */
const CELL_PX = 44;
/** Names are written when so few marks are in view. */
const NAMED_UP_TO = 24;
const REACH_PX = 14;
/** Half the width of a count with the mark at its edge, and half the height of a name. */
const CLUSTER_PX = 26;
const NAME_HALF = 8;

interface Mark {
  x: number;
  y: number;
  sites: MapSite[];
}

export class MarkLayer extends L.Layer {
  private canvas = L.DomUtil.create("canvas", "marks leaflet-zoom-hide");
  private sites: MapSite[] = [];
  private marks: Mark[] = [];

  constructor(private readonly opened: (site: MapSite) => void) {
    super();
  }

  /** Shows these sites from now on. */
  show(sites: MapSite[]): MapSite[] {
    this.sites = sites;
    this.redraw();
    return sites;
  }

  override onAdd(map: L.Map): this {
    map.getPanes().markerPane.append(this.canvas);
    map.on("move zoom resize viewreset", this.redraw, this);
    map.on("click", this.clicked, this);
    map.on("mousemove", this.hovered, this);
    this.redraw();
    return this;
  }

  override onRemove(map: L.Map): this {
    this.canvas.remove();
    map.off("move zoom resize viewreset", this.redraw, this);
    map.off("click", this.clicked, this);
    map.off("mousemove", this.hovered, this);
    return this;
  }

  redraw(): void {
    const map = this._map as L.Map | undefined;
    const context = this.canvas.getContext("2d");
    if (!map || !context) return;
    const { x: width, y: height } = map.getSize();
    const ratio = devicePixelRatio || 1;
    [this.canvas.width, this.canvas.height] = [width * ratio, height * ratio];
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    context.scale(ratio, ratio);
    this.marks = gather(map, this.sites, width, height);
    const named = this.marks.length <= NAMED_UP_TO;
    for (const mark of this.marks) draw(context, mark);
    if (named) for (const mark of this.marks) name(context, mark, this.marks);
  }

  private at(point: L.Point): Mark | undefined {
    const distance = (mark: Mark) => Math.hypot(mark.x - point.x, mark.y - point.y);
    const near = this.marks.filter((mark) => distance(mark) < REACH_PX + (mark.sites.length > 1 ? 6 : 0));
    return near.sort((a, b) => distance(a) - distance(b))[0];
  }

  private clicked(event: L.LeafletMouseEvent): void {
    const mark = this.at(event.containerPoint);
    const [first] = mark?.sites ?? [];
    if (!mark || !first) return;
    const bounds = L.latLngBounds(mark.sites.map((site) => [site.latitude, site.longitude] as [number, number]));
    const apart = bounds.getNorth() !== bounds.getSouth() || bounds.getEast() !== bounds.getWest();
    if (mark.sites.length > 1 && apart && this._map.getZoom() < this._map.getMaxZoom()) {
      this._map.fitBounds(bounds, { padding: [48, 48] });
    } else {
      this.opened(worst(mark.sites) ?? first);
    }
  }

  private hovered(event: L.LeafletMouseEvent): void {
    const mark = this.at(event.containerPoint);
    const place = this._map.getContainer();
    place.classList.toggle("over-mark", mark !== undefined);
    place.title = mark ? title(mark) : "";
  }
}

/** The marks in view: sites of one cell of a grid that is fixed to the earth stand together. */
function gather(map: L.Map, sites: MapSite[], width: number, height: number): Mark[] {
  const cells = new Map<string, { x: number; y: number; sites: MapSite[] }>();
  const origin = map.getPixelOrigin();
  for (const site of sites) {
    const layer = map.latLngToLayerPoint([site.latitude, site.longitude]);
    const { x, y } = map.layerPointToContainerPoint(layer);
    if (x < -CELL_PX || y < -CELL_PX || x > width + CELL_PX || y > height + CELL_PX) continue;
    const key = `${Math.floor((layer.x + origin.x) / CELL_PX)}:${Math.floor((layer.y + origin.y) / CELL_PX)}`;
    const cell = cells.get(key) ?? { x: 0, y: 0, sites: [] };
    cell.x += x;
    cell.y += y;
    cell.sites.push(site);
    cells.set(key, cell);
  }
  return [...cells.values()].map((cell) => ({ x: cell.x / cell.sites.length, y: cell.y / cell.sites.length, sites: cell.sites }));
}

function draw(context: CanvasRenderingContext2D, mark: Mark): void {
  const first = worst(mark.sites);
  if (!first) return;
  if (mark.sites.length > 1) drawCluster(context, mark.x, mark.y, number(mark.sites.length, 0), first.state);
  else drawSite(context, mark.x, mark.y, first.state);
}

/** Writes the name of a site that stands alone, unless it would meet another mark. */
function name(context: CanvasRenderingContext2D, mark: Mark, all: Mark[]): void {
  const [site] = mark.sites;
  if (!site || mark.sites.length > 1) return;
  const end = mark.x + NAME_GAP + nameWidth(context, site.name);
  const meets = (other: Mark) => {
    const reach = other.sites.length > 1 ? CLUSTER_PX : REACH_PX / 2;
    return other !== mark && other.x + reach > mark.x && other.x - reach < end && Math.abs(other.y - mark.y) < reach + NAME_HALF;
  };
  if (!all.some(meets)) drawName(context, mark.x, mark.y, site.name);
}

function worst(sites: MapSite[]): MapSite | undefined {
  const gravity = (site: MapSite) => STATES.indexOf(site.state);
  return sites.reduce<MapSite | undefined>((least, site) => (!least || gravity(site) < gravity(least) ? site : least), undefined);
}

function title(mark: Mark): string {
  const first = worst(mark.sites);
  return first ? `${first.name} · ${wordsOf(first)}` : "";
}
