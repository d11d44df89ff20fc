// Every page, in both themes and both languages, on a desktop and on a phone: no accessibility
// fault, no script error, nothing loaded from elsewhere, nothing wider than the screen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { NOT_A_PAGE, isOf, rows } from "./support/rows.mjs";
import { CONSOLE, ENERGY, PARKING, PROOF, address, firstLink, signIn } from "./support/portal.mjs";

const LOOKS = [];
for (const colorScheme of ["light", "dark"])
  for (const locale of ["en-GB", "fr-FR"])
    for (const viewport of [DESKTOP, PHONE]) LOOKS.push({ colorScheme, locale, viewport });

const PAGES = [
  { name: "sign-in", client: ENERGY, path: "/sign-in", signedOut: true },
  { name: "overview", client: ENERGY, path: "/", fits: true },
  { name: "equipment list", client: ENERGY, path: "/equipment", fits: true },
  { name: "site", client: ENERGY, from: "/", prefix: "/sites/" },
  { name: "equipment", client: ENERGY, from: "/equipment", prefix: "/equipment/" },
  { name: "point", client: ENERGY, from: "equipment", prefix: "/points/" },
  { name: "connections", client: ENERGY, path: "/connections", fits: true },
  { name: "equipment grid", client: ENERGY, path: "/equipment?view=grid&group=site" },
  { name: "equipment lines", client: ENERGY, path: "/equipment?view=list&group=none&state=normal" },
  { name: "search", client: ENERGY, path: "/search?q=pack" },
  { name: "map", client: ENERGY, path: "/map" },
  { name: "comparison", client: ENERGY, path: "/compare?points=1,2,3,4" },
  { name: "offline", client: ENERGY, path: "/offline" },
  { name: "first steps", client: ENERGY, path: "/start" },
  { name: "settings of sites", client: ENERGY, path: "/settings/sites" },
  { name: "a new site", client: ENERGY, path: "/settings/sites/new" },
  { name: "a type", client: ENERGY, from: "/settings/types", prefix: "/settings/types/" },
  { name: "a connection", client: ENERGY, from: "/settings/connections", prefix: "/settings/connections/" },
  { name: "keys", client: ENERGY, path: "/settings/keys" },
  { name: "a new key", client: ENERGY, path: "/settings/keys/new" },
  { name: "custom fields", client: ENERGY, path: "/settings/fields" },
  { name: "a new custom field", client: ENERGY, path: "/settings/fields/new" },
  { name: "an equipment to change", client: ENERGY, from: "/settings/equipment", prefix: "/settings/equipment/" },
  { name: "organisation", client: ENERGY, path: "/settings/client" },
  { name: "BACnet device", client: PROOF, path: "/settings/bacnet" },
  { name: "no BACnet device", client: ENERGY, path: "/settings/bacnet" },
  { name: "discovered devices", client: ENERGY, path: "/discovered" },
  { name: "support", client: ENERGY, path: "/admin/support" },
  { name: "console sign-in", client: CONSOLE, path: "/sign-in", signedOut: true },
  { name: "console", client: CONSOLE, path: "/" },
  { name: "console client", client: CONSOLE, path: "/clients/demo-energie" },
  { name: "dashboards", client: ENERGY, path: "/dashboards" },
  { name: "maintenance", client: ENERGY, path: "/maintenance" },
  { name: "audit log", client: ENERGY, path: "/admin/audit", fits: true },
  { name: "forgotten password", client: ENERGY, path: "/sign-in/forgot", signedOut: true },
  { name: "ended link", client: ENERGY, path: "/sign-in/reset?token=x", status: 404, signedOut: true },
  { name: "profile", client: ENERGY, path: "/me" },
  { name: "own password", client: ENERGY, path: "/me/password" },
  { name: "own factors", client: ENERGY, path: "/me/factors" },
  { name: "own sessions", client: ENERGY, path: "/me/sessions" },
  { name: "people", client: PROOF, path: "/admin/people" },
  { name: "a person", client: PROOF, from: "/admin/people", prefix: "/admin/people/" },
  { name: "sign-in policy", client: PROOF, path: "/admin/sign-in" },
  { name: "providers", client: PROOF, path: "/admin/providers" },
  { name: "the page of a connection", client: ENERGY, from: "/connections", prefix: "/connections/" },
  { name: "devices behind a connection", client: PROOF, path: (made) => `/connections/${made.connection}/devices` },
  { name: "types", client: ENERGY, path: "/settings/types" },
  { name: "a new type", client: ENERGY, path: "/settings/types/new" },
  { name: "a point of a type", client: ENERGY, from: "a type", prefix: "/settings/types/" },
  { name: "a new point", client: ENERGY, after: "a type", suffix: "/points/new" },
  { name: "a site to change", client: ENERGY, from: "/settings/sites", prefix: "/settings/sites/" },
  { name: "equipment to change", client: ENERGY, path: "/settings/equipment" },
  { name: "a new equipment", client: ENERGY, path: "/settings/equipment/new" },
  { name: "connections to change", client: ENERGY, path: "/settings/connections" },
  { name: "a new connection", client: ENERGY, path: "/settings/connections/new?protocol=bacnet" },
  { name: "credentials of devices", client: PROOF, path: "/settings/devices" },
  { name: "a new credential", client: PROOF, path: "/settings/devices/new" },
  { name: "a credential", client: PROOF, from: "/settings/devices", prefix: "/settings/devices/" },
  { name: "a custom field", client: PROOF, path: (made) => `/settings/fields/${made.field}` },
  { name: "a dashboard", client: PROOF, path: (made) => `/dashboards/${made.dashboard}` },
  { name: "a dashboard on a wall", client: PROOF, path: (made) => `/dashboards/${made.dashboard}?kiosk=1` },
  { name: "a dashboard to arrange", client: PROOF, path: (made) => `/dashboards/${made.dashboard}/edit` },
  { name: "a dashboard by its link", client: PROOF, path: (made) => made.link, at: "/shared", signedOut: true },
  { name: "new work", client: PROOF, path: (made) => `/maintenance/new?equipment=${made.equipment}` },
  { name: "a work", client: PROOF, path: (made) => `/maintenance/${made.work}` },
  { name: "service of an equipment", client: PROOF, path: (made) => `/equipment/${made.equipment}/service` },
  { name: "data of a person", client: PROOF, after: "a person", suffix: "/data" },
  { name: "own data", client: ENERGY, path: "/me/data" },
  { name: "not found", client: ENERGY, path: "/nowhere", status: 404 },
  { name: "car park overview", client: PARKING, path: "/" },
  { name: "car park site", client: PARKING, from: "/", prefix: "/sites/" },
];

let browser;
/** client -> the cookies of a signed-in user. */
const sessions = {};
/** page name -> its path. */
const paths = {};
/** What was made to be looked at: noun -> its id, and the address of a link. */
const made = {};
/** How to take it away again: paths of the API. */
const litter = [];

/** Sends JSON to the API as the signed-in page; answers with what came back. */
const send = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
  const answer = await fetch(path, { method, headers: { "content-type": "application/json", "if-match": "*" }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}, [method, `/api/v1/${path}`, body]);

/** One of each thing that the clients of the tests do not begin with. */
async function plant(page) {
  const make = async (noun, body) => {
    const { id } = await send(page, "POST", noun, body);
    litter.push(`${noun}/${id}`);
    return id;
  };
  const { items: [equipment] } = await send(page, "GET", "equipment");
  const { items: [point] } = await send(page, "GET", `points?equipment=${equipment.id}`);
  made.equipment = equipment.id;
  made.field = await make("fields", { noun: "site", key: "looked-at", name: "Inspection", kind: "select", options: ["Yes", "No"] });
  made.work = await make("maintenance", { equipment: equipment.id, title: "Look at it", notes: "With a lamp", due_on: "2030-01-31" });
  made.connection = await make("connections", {
    key: "looked-at", name: "Looked at", protocol: "modbus", enabled: false,
    config: { address: "192.0.2.20", devices: [{ unit: 1, equipment: "no-such-meter", profile: "eastron-sdm630" }] },
  });
  const at = (x, y) => ({ x, y, w: 6, h: 4 });
  const tiles = [
    { kind: "value", points: [point.id], ...at(0, 0) }, { kind: "range", points: [point.id], ...at(6, 0) },
    { kind: "chart", points: [point.id], ...at(0, 4) }, { kind: "table", points: [point.id], ...at(6, 4) },
    { kind: "map", ...at(0, 8) }, { kind: "text", text: "Look here.", ...at(6, 8) },
  ];
  made.dashboard = await make("dashboards", { name: "Looked at", layout: { tiles } });
  const { url } = await send(page, "POST", `dashboards/${made.dashboard}/links`, { hours: 1 });
  made.link = new URL(url).pathname;
}

/** Where a page is: written down, below another, of something planted, or behind a link. */
async function pathOf(page, { client, path, after, suffix, from, prefix }) {
  if (typeof path === "function") return path(made);
  if (after) return paths[after] + suffix;
  return path ?? firstLink(page, client, paths[from] ?? from, prefix);
}

before(async () => {
  browser = await startBrowser();
  for (const client of [ENERGY, PARKING, PROOF, CONSOLE]) {
    const { page, close } = await freshPage(browser);
    await signIn(page, client);
    sessions[client] = await page.context().storageState();
    if (client === PROOF) await plant(page);
    for (const spec of PAGES.filter((spec) => spec.client === client)) {
      paths[spec.name] = await pathOf(page, spec);
      assert.ok(paths[spec.name], `a link to the ${spec.name} page`);
    }
    await close();
  }
});
after(async () => {
  const { page } = await freshPage(browser, { storageState: sessions[PROOF] });
  await page.goto(address(PROOF, "/"));
  for (const path of litter) await send(page, "DELETE", path);
  await browser?.close();
});

/** Tables that are cut off and have to be drawn sideways. */
const cutOff = (page) => page.evaluate(() => [...document.querySelectorAll("main .wide, main .sec")]
  .filter((part) => part.scrollWidth > part.clientWidth + 1)
  .map((part) => `cut off: ${part.scrollWidth} px in ${part.clientWidth}: ${part.innerText.slice(0, 40)}`));

/** What is wrong with a page in one look, one line each. */
async function faultsOf({ name, client, status = 200, signedOut, fits }, look) {
  const storageState = signedOut ? undefined : sessions[client];
  const { page, errors, close } = await freshPage(browser, { ...look, storageState });
  const faults = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.includes(`${client}.localhost:`) && !url.startsWith("data:")) faults.push(`loads ${url}`);
  });
  const answer = await page.goto(address(client, paths[name]), { waitUntil: "load" });
  if (answer.status() !== status) faults.push(`status ${answer.status()}`);
  const language = await page.getAttribute("html", "lang");
  if (language !== look.locale.slice(0, 2)) faults.push(`language ${language}`);
  faults.push(...await accessibilityFaults(page));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) faults.push(`${wide} px wider than the screen`);
  if (fits) faults.push(...await cutOff(page));
  faults.push(...errors.filter((error) => status === 200 || !error.includes(String(status))));
  await close();
  return faults.map((fault) => `${look.colorScheme} ${look.locale} ${look.viewport.width}: ${fault}`);
}

for (const spec of PAGES) {
  test(`page ${spec.name}: no fault in any look`, async () => {
    const faults = [];
    for (const look of LOOKS) faults.push(...await faultsOf(spec, look));
    assert.equal(faults.join("\n"), "");
  });
}

test("every page of the table of permissions is looked at, or says why not", () => {
  const all = rows();
  assert.ok(all.length > 60, `${all.length} rows were read`);
  const looked = PAGES.filter((spec) => spec.client !== CONSOLE).map((spec) => spec.at ?? paths[spec.name]);
  const unseen = all.filter((row) => !NOT_A_PAGE[row] && !looked.some((path) => isOf(row, path, all)));
  assert.deepEqual(unseen, []);
  const idle = Object.keys(NOT_A_PAGE).filter((row) => !all.includes(row));
  assert.deepEqual(idle, [], "reasons for rows that are gone");
});
