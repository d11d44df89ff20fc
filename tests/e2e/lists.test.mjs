// The list of equipment: narrowed in the address, kept in place, saved under a name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, address, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function openList(query = "") {
  const opened = await freshPage(browser);
  await signIn(opened.page, ENERGY);
  await opened.page.goto(address(ENERGY, `/equipment${query}`));
  return opened;
}

test("conditions are combined in the address and taken off one by one", async () => {
  const { page, errors, close } = await openList();
  await page.evaluate(() => { window.sameDocument = true; });
  await page.locator(".drop summary", { hasText: "Type" }).click();
  await page.getByRole("checkbox", { name: "Battery pack" }).check();
  await page.waitForURL(/type=\d+/);
  assert.ok(await page.getByRole("checkbox", { name: "Battery pack" }).isVisible(), "the menu stays open");
  await page.keyboard.press("Escape");
  await page.locator(".drop summary", { hasText: "Site" }).click();
  await page.getByRole("checkbox", { name: "Dépôt de Lyon" }).check();
  await page.waitForURL(/site=\d+/);
  await page.keyboard.press("Escape");
  await until("both chips", async () => (await page.locator(".chip").count()) === 2);
  assert.match(await page.locator("#found [role=status]").innerText(), /^4 of 24 /);
  await page.locator(".chip", { hasText: "Dépôt de Lyon" }).click();
  await page.waitForURL((url) => !url.search.includes("site="));
  assert.match(await page.locator("#found [role=status]").innerText(), /^10 of 24 /);
  assert.equal(await page.evaluate(() => window.sameDocument), true, "the page was never left");
  await page.locator(".drop summary", { hasText: "Site" }).click();
  assert.equal(await page.getByRole("checkbox", { name: "Dépôt de Lyon" }).isChecked(), false, "the tick went with its chip");
  assert.deepEqual(errors, []);
  await close();
});

test("a column orders, pressed again from its other end", async () => {
  const { page, close } = await openList("?group=none");
  await page.locator("th a", { hasText: "Name" }).click();
  await page.waitForURL(/sort=name/);
  const first = () => page.locator("main tbody tr td:nth-child(2) a").first().innerText();
  const least = await first();
  await page.locator("th a", { hasText: "Name" }).click();
  await page.waitForURL(/desc=1/);
  await until("the order is turned", async () => (await first()) !== least);
  await close();
});

test("a filter is kept under a name, found again and forgotten", async () => {
  const { page, close } = await openList("?state=stale");
  await page.locator("summary", { hasText: "Save this filter" }).click();
  await page.getByLabel("Name of the filter").fill("Silent <b>ones</b>");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/state=stale/);
  await page.goto(address(ENERGY, "/equipment"));
  await page.locator("summary", { hasText: "Saved filters" }).click();
  await page.getByRole("link", { name: "Silent <b>ones</b>" }).click();
  await page.waitForURL(/state=stale/);
  await page.locator("summary", { hasText: "Saved filters" }).click();
  await page.getByRole("button", { name: "Forget Silent" }).click();
  await page.waitForURL(address(ENERGY, "/equipment"));
  assert.equal(await page.locator("summary", { hasText: "Saved filters" }).count(), 0);
  await close();
});

test("the tree brings a branch when it is opened, and answers a search", async () => {
  const { page, errors, close } = await openList();
  const tree = page.locator("nav.tree");
  await tree.locator("summary.site", { hasText: "Centre de Nantes" }).click();
  await tree.locator("summary", { hasText: "Battery pack" }).click();
  await tree.getByRole("link", { name: "Pack N1" }).waitFor();
  await tree.getByRole("searchbox").fill("labo");
  await tree.getByRole("link", { name: "Laboratoire" }).waitFor();
  await until("only what was searched", async () => (await tree.locator("summary.site").count()) === 1);
  assert.deepEqual(errors, []);
  await close();
});

test("on a phone things of one name are told apart by where they stand", async () => {
  const { page, close } = await freshPage(browser, { viewport: PHONE });
  await signIn(page, ENERGY);
  await page.goto(address(ENERGY, "/equipment?type=meter"));
  const told = await page.locator("main tbody tr td:nth-child(2)").allInnerTexts();
  assert.ok(told.length >= 3, "three meters have one name");
  assert.equal(new Set(told).size, told.length, told.join(" · "));
  await close();
});
