// Values on a page: they move when a device speaks, and show their age when it does not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PROOF, address, firstLink, openGauge, publish, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

const HOUR_MS = 3_600_000;
let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("a message of a device moves the value on the open page", async () => {
  const { page, errors, close } = await freshPage(browser);
  await publish("fresh", 11.5);
  const value = await openGauge(page, "Fresh gauge");
  for (const level of [42.5, 87.3]) {
    await publish("fresh", level);
    await until(`the page shows ${level}`, async () => (await value.innerText()).includes(String(level)));
  }
  await until("the value looks good", async () => (await value.getAttribute("data-state")) === "good");
  assert.deepEqual(errors, []);
  await close();
});

test("a value without fresh data looks stale and tells its age", async () => {
  const { page, close } = await freshPage(browser);
  await publish("old", 12.3, Date.now() - 3 * HOUR_MS);
  const value = await openGauge(page, "Old gauge");
  assert.match(await value.innerText(), /12\.3/);
  assert.match(await value.innerText(), /3\s*h/);
  assert.equal(await value.getAttribute("data-state"), "stale");
  await close();
});

test("a value turns stale on the open page when its device falls silent", async () => {
  const { page, close } = await freshPage(browser);
  await publish("fresh", 55.5);
  const value = await openGauge(page, "Fresh gauge");
  await publish("fresh", 56.5);
  await until("the value looks good", async () => (await value.getAttribute("data-state")) === "good");
  await until("the value looks stale", async () => (await value.getAttribute("data-state")) === "stale", 25_000);
  await close();
});

test("a point that never received anything shows a dash", async () => {
  const { page, close } = await freshPage(browser);
  const value = await openGauge(page, "Silent gauge");
  assert.match(await value.innerText(), /[–—]/);
  assert.equal(await value.getAttribute("data-state"), "none");
  await close();
});

test("the totals of the open overview follow a device without a reload", async () => {
  const { page, errors, close } = await freshPage(browser);
  await publish("old", 12.3, Date.now() - 3 * HOUR_MS);
  await signIn(page, PROOF);
  await page.evaluate(() => { window.sameDocument = true; });
  const stale = page.locator("main a", { hasText: "Old gauge" });
  await stale.first().waitFor();
  const focused = page.locator("main a[href^='/sites/']").first();
  await focused.focus();
  await publish("old", 13.4);
  await until("the old gauge is not stale any more", async () => (await stale.count()) === 0, 15_000);
  assert.equal(await page.evaluate(() => window.sameDocument), true);
  assert.ok(await focused.evaluate((link) => link === document.activeElement), "the focus stays where it was");
  assert.equal(await page.locator("[data-feed]").getAttribute("data-feed"), "live");
  assert.deepEqual(errors, []);
  await close();
});

test("the points of a chart are chosen in the address and stay chosen in another range", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  const pack = await firstLink(page, ENERGY, "/equipment?type=battery-pack", "/equipment/");
  await page.goto(address(ENERGY, pack));
  await page.locator("summary", { hasText: "Points" }).click();
  const ticks = page.locator("form.ticks");
  const ticked = ticks.locator("input:checked");
  while ((await ticked.count()) > 0) await ticked.first().uncheck();
  for (const name of ["Power", "State of charge"]) await ticks.getByLabel(name, { exact: true }).check();
  await ticks.getByRole("button").click();
  const keys = () => page.locator("[data-chart] .key").allInnerTexts();
  assert.deepEqual(await keys(), ["Power, kW", "State of charge, %"]);
  await page.locator("[data-ranges] a").first().click();
  await page.waitForURL(/span=1h/);
  assert.deepEqual(await keys(), ["Power, kW", "State of charge, %"]);
  assert.deepEqual(errors, []);
  await close();
});
