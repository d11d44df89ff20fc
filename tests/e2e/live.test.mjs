// Values on a page: they move when a device speaks, and show their age when it does not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { openGauge, publish } from "./support/portal.mjs";
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
