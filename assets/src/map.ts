// A map of sites without tiles: land and borders, and on them a mark of the worst state of each site.

import L from "leaflet";
import { colour, onThemeChange } from "./colours.ts";
import { fetchSites, type MapSite, wordsOf } from "./map-data.ts";
import { MarkLayer } from "./map-marks.ts";
import world from "./world.geojson";
import { word } from "./words.ts";

const REFRESH_MS = 30_000;
const CLOSEST = 16;
/** Alone on the map, a site is shown with the country around it. */
const ALONE_ZOOM = 6;

/** Draws the sites of the client into `place` and keeps their states true. */
export async function drawMap(place: HTMLElement): Promise<void> {
  const map = L.map(place, {
    attributionControl: false,
    zoomAnimation: false,
    fadeAnimation: false,
    preferCanvas: true,
    worldCopyJump: true,
    minZoom: 1,
    maxZoom: CLOSEST,
    scrollWheelZoom: place.dataset["map"] === "page",
    zoomControl: false,
  }).setView([30, 5], 1);
  L.control.zoom({ zoomInTitle: word("map-closer"), zoomOutTitle: word("map-farther") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const marks = new MarkLayer((site) => open(map, site)).addTo(map);
  const show = async () => marks.show(await fetchSites());
  try {
    fit(map, await show());
  } catch (error) {
    place.dataset["failed"] = "";
    console.warn(error);
  }
  place.dataset["shown"] = "";
  setInterval(() => !document.hidden && show().catch(console.warn), REFRESH_MS);
  await drawGround(map);
  onThemeChange(() => marks.redraw());
}

function fit(map: L.Map, sites: MapSite[]): void {
  if (sites.length === 0) return;
  const bounds = L.latLngBounds(sites.map((site) => [site.latitude, site.longitude] as [number, number]));
  map.fitBounds(bounds, { padding: [36, 36], maxZoom: sites.length === 1 ? ALONE_ZOOM : 11 });
}

async function drawGround(map: L.Map): Promise<void> {
  const answer = await fetch(world);
  const ground = L.geoJSON(await answer.json(), { interactive: false });
  const paint = () => ground.setStyle((feature) => feature?.properties?.kind === "land"
    ? { stroke: false, fill: true, fillColor: colour("--surface"), fillOpacity: 1 }
    : { stroke: true, color: colour("--line-2"), weight: 0.5, fill: false });
  paint();
  ground.addTo(map);
  onThemeChange(paint);
}

/** Names a site where it stands, with the way to its page. */
function open(map: L.Map, site: MapSite): void {
  const link = Object.assign(document.createElement("a"), { href: `/sites/${site.id}`, textContent: site.name });
  const state = Object.assign(document.createElement("span"), { className: "muted", textContent: wordsOf(site) });
  const body = document.createElement("div");
  body.append(link, state);
  L.popup({ closeButton: false, offset: [0, -6] }).setLatLng([site.latitude, site.longitude]).setContent(body).openOn(map);
}
