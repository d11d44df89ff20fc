// What `/api/v1/map` answers.

import { number } from "./format.ts";
import { word } from "./words.ts";

/** The states of a site, the gravest first: the order the server has. */
export const STATES = ["offline", "bad", "stale", "waiting", "normal"] as const;
export type State = (typeof STATES)[number];

export interface MapSite {
  id: number;
  name: string;
  latitude: number;
  longitude: number;
  state: State;
  equipment: number;
}

/** State and number of equipment as people read them. */
export const wordsOf = (site: MapSite) => `${word(`condition-${site.state}`)} · ${word("map-equipment", { n: number(site.equipment, 0) })}`;

/** The sites that have a place on earth. */
export async function fetchSites(): Promise<MapSite[]> {
  const sites: MapSite[] = [];
  let cursor = "";
  do {
    const answer = await fetch(`/api/v1/map?limit=1000&cursor=${encodeURIComponent(cursor)}`, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`the map could not be loaded (${answer.status})`);
    const { items, next } = (await answer.json()) as { items: MapSite[]; next?: string };
    sites.push(...items);
    cursor = next ?? "";
  } while (cursor !== "");
  return sites;
}
