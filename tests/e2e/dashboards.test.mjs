// A dashboard from nothing: made, filled, arranged by keys and by dragging, seen live, on a wall.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, publish, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** A new dashboard with a value of the fresh gauge and a text, saved; its address. */
async function makeDashboard(page, name) {
  await page.goto(address(PROOF, "/dashboards"));
  await page.fill("input[name=name]", name);
  await page.getByRole("button", { name: "Make a dashboard" }).click();
  await page.waitForURL(/\/dashboards\/\d+\/edit$/);
  await page.selectOption("#equipment", { label: "Fresh gauge" });
  await page.locator("[data-points] input").first().check();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.selectOption("#kind", "text");
  await page.fill("#text", "Call <b>before</b> you open it.");
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

async function save(page) {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/dashboards\/\d+$/);
}

const placeOf = (page, index) =>
  page.locator(".tile").nth(index).evaluate((tile) => ["x", "y", "w", "h"].map((name) => tile.style.getPropertyValue(`--${name}`)).join(" "));

test("a dashboard is made, shows a live value and text that stays text", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, PROOF);
  await makeDashboard(page, "Control room");
  await page.selectOption("#kind", "map");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  assert.deepEqual(await accessibilityFaults(page), []);
  await save(page);
  await publish("fresh", 42.5);
  await page.locator(".tile [data-value]", { hasText: "42.5" }).waitFor();
  assert.equal(await page.locator(".tile b").count(), 0);
  await page.locator(".tile [data-map].leaflet-container").waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole("link", { name: "Full screen" }).click();
  await page.locator("body.kiosk .tile [data-value]", { hasText: "42.5" }).waitFor();
  assert.equal(await page.locator("header.top").count(), 0);
  assert.deepEqual(errors, []);
  await close();
});

test("tiles are arranged by keys and by dragging, and nothing lies on anything else", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PROOF);
  await makeDashboard(page, "Arranged");
  assert.equal(await placeOf(page, 1), "3 0 4 2");
  await page.locator(".tile").first().getByRole("button", { name: /^Resize/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(await placeOf(page, 0), "0 0 4 3");
  assert.equal(await placeOf(page, 1), "3 3 4 2", "what lay there gives way downwards");
  await page.locator(".tile").nth(1).getByRole("button", { name: /^Move/ }).hover();
  const grid = await page.locator("[data-grid]").boundingBox();
  const grip = await page.locator(".tile").nth(1).getByRole("button", { name: /^Move/ }).boundingBox();
  await page.mouse.down();
  await page.mouse.move(grip.x + grip.width / 2 + (grid.width / 12) * 4, grip.y + grip.height / 2 - 72 * 3, { steps: 5 });
  await page.mouse.up();
  assert.equal(await placeOf(page, 1), "7 0 4 2");
  await save(page);
  assert.equal(await placeOf(page, 1), "7 0 4 2");
  await close();
});

test("who changes a dashboard that somebody else changed is told", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PROOF);
  await makeDashboard(page, "Both");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await save(page);
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByText("Somebody else changed this dashboard").waitFor();
  await close();
});

test("a link shows the dashboard to somebody without an account, until it is ended", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PROOF);
  await makeDashboard(page, "For the lobby");
  await page.selectOption("#kind", "map");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await save(page);
  await page.getByRole("link", { name: "Arrange" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.locator("#fresh").inputValue();
  const stranger = await freshPage(browser);
  await stranger.page.goto(link);
  assert.ok(stranger.page.url().endsWith("/shared"), "the secret is out of the address");
  await stranger.page.getByText("A link does not show the map").waitFor();
  assert.equal(await stranger.page.locator("[data-map]").count(), 0, "all sites are not for who holds a link");
  await publish("fresh", 17.5);
  await stranger.page.locator(".tile [data-value]", { hasText: "17.5" }).waitFor();
  await stranger.page.goto(address(PROOF, "/equipment"));
  assert.ok(stranger.page.url().includes("/sign-in"), "the link opens nothing else");
  await page.getByRole("button", { name: /^End/ }).click();
  const answer = await stranger.page.goto(link);
  assert.equal(answer.status(), 404);
  await stranger.close();
  await close();
});
