// Every page, in both themes and both languages, on a desktop and on a phone: no accessibility
// fault, no script error, nothing loaded from elsewhere, nothing wider than the screen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { CONSOLE, ENERGY, PARKING, PROOF, address, firstLink, signIn } from "./support/portal.mjs";

const LOOKS = [];
for (const colorScheme of ["light", "dark"])
  for (const locale of ["en-GB", "fr-FR"])
    for (const viewport of [DESKTOP, PHONE]) LOOKS.push({ colorScheme, locale, viewport });

const PAGES = [
  { name: "sign-in", client: ENERGY, path: "/sign-in", signedOut: true },
  { name: "overview", client: ENERGY, path: "/" },
  { name: "equipment list", client: ENERGY, path: "/equipment" },
  { name: "site", client: ENERGY, from: "/", prefix: "/sites/" },
  { name: "equipment", client: ENERGY, from: "/equipment", prefix: "/equipment/" },
  { name: "point", client: ENERGY, from: "equipment", prefix: "/points/" },
  { name: "connections", client: ENERGY, path: "/connections" },
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
  { name: "audit log", client: ENERGY, path: "/admin/audit" },
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
  { name: "not found", client: ENERGY, path: "/nowhere", status: 404 },
  { name: "car park overview", client: PARKING, path: "/" },
  { name: "car park site", client: PARKING, from: "/", prefix: "/sites/" },
];

let browser;
/** client -> the cookies of a signed-in user. */
const sessions = {};
/** page name -> its path. */
const paths = {};

before(async () => {
  browser = await startBrowser();
  for (const client of [ENERGY, PARKING, PROOF, CONSOLE]) {
    const { page, close } = await freshPage(browser);
    await signIn(page, client);
    sessions[client] = await page.context().storageState();
    for (const spec of PAGES.filter((spec) => spec.client === client)) {
      paths[spec.name] = spec.path ?? await firstLink(page, client, paths[spec.from] ?? spec.from, spec.prefix);
      assert.ok(paths[spec.name], `a link to the ${spec.name} page`);
    }
    await close();
  }
});
after(() => browser?.close());

/** What is wrong with a page in one look, one line each. */
async function faultsOf({ name, client, status = 200, signedOut }, look) {
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
