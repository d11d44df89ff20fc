// Without network: the last known values with their age, said to be what they are.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PROOF, address, openGauge, publish, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** Waits until the worker of the page answers for it, and its page is kept. */
async function keep(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until("the worker answers for the page", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await page.reload();
  const kept = () => page.evaluate(async () => (await caches.match(location.href)) !== undefined);
  await until("the page is kept", kept);
}

test("a page without network shows the last value, its age, and that it is offline", async () => {
  const { page, close } = await freshPage(browser);
  await publish("fresh", 44.5);
  await openGauge(page, "Fresh gauge");
  await keep(page);
  await page.context().setOffline(true);
  await page.reload();
  const notice = page.locator("[data-offline-note]");
  assert.ok(await notice.isVisible());
  assert.match(await notice.innerText(), /You are offline.*nothing here is live/s);
  assert.equal(await page.locator("[data-feed]").getAttribute("data-feed"), "offline");
  const value = page.locator("main [data-point]").first();
  assert.match(await value.innerText(), /44\.5/);
  await until("the value grows old", async () => (await value.getAttribute("data-state")) === "stale", 25_000);
  assert.equal(await page.locator("[data-feed]").getAttribute("data-feed"), "offline", "it never looks live");
  await page.context().setOffline(false);
  await until("the page is live again", async () => {
    if (await page.locator("body[data-offline]").count()) await page.reload().catch(() => {});
    return (await page.locator("[data-feed]").getAttribute("data-feed").catch(() => "")) === "live";
  });
  await close();
});

test("a page that was never opened says so without network", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  await keep(page);
  await page.context().setOffline(true);
  await page.goto(address(ENERGY, "/map"));
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "You are offline");
  await close();
});

test("signing out forgets the kept pages", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PROOF);
  await keep(page);
  await page.click("header details.menu summary");
  await page.click("header form[action='/sign-out'] button");
  await page.waitForURL(/sign-in/);
  await until("nothing is kept", () => page.evaluate(async () => !(await caches.has("pages-1"))));
  await close();
});

test("the portal can be installed under the client's name", async () => {
  const { page, close } = await freshPage(browser);
  await page.goto(address(ENERGY, "/sign-in"));
  const href = await page.locator("link[rel=manifest]").getAttribute("href");
  const manifest = await page.evaluate(async (href) => (await fetch(href)).json(), href);
  assert.equal(manifest.name, "Énergie des Alpes");
  assert.match(manifest.theme_color, /^#[0-9a-f]{6}$/);
  assert.equal(manifest.display, "standalone");
  await close();
});
