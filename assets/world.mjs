// The ground of every map: land and borders of Natural Earth (world-atlas, 1:50m) as GeoJSON, coordinates to
// a hundredth of a degree, Antarctica left out.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { feature, mesh } from "topojson-client";

const SOUTHERNMOST = -60;
const atlas = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");

/** Writes land and borders to `file`. */
export async function drawWorld(file) {
  const world = JSON.parse(await readFile(atlas, "utf8"));
  const { countries, land } = world.objects;
  const ground = feature(world, land);
  const parts = (ground.features ?? [ground]).flatMap(({ geometry }) =>
    geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates]);
  const shown = parts.filter(([outline]) => outline.some(([, latitude]) => latitude > SOUTHERNMOST));
  const borders = mesh(world, countries, (a, b) => a !== b);
  const features = [
    { type: "Feature", properties: { kind: "land" }, geometry: { type: "MultiPolygon", coordinates: shown } },
    { type: "Feature", properties: { kind: "border" }, geometry: borders },
  ];
  await writeFile(file, JSON.stringify({ type: "FeatureCollection", features }, rounded));
}

const rounded = (_key, value) => (typeof value === "number" ? Math.round(value * 100) / 100 : value);
