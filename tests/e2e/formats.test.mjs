// Numbers, dates and the zone of times follow what a person chose, on the server and in scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { BUREAU, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** Saves the choices of one's own profile. */
async function choose(page, choices) {
  await page.goto(address(BUREAU, "/me"));
  for (const [label, option] of Object.entries(choices)) await page.getByLabel(label, { exact: true }).selectOption(option);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/done=profile/);
}

test("a person reads numbers, dates and times their own way", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, BUREAU);
  const foot = () => page.locator("footer").innerText();
  await choose(page, { Numbers: "fr", Dates: "iso", "Time zone": "Asia/Tokyo" });
  await page.goto(address(BUREAU, "/"));
  assert.equal(await page.getAttribute("html", "lang"), "en", "the language stays");
  assert.equal(await page.getAttribute("html", "data-numbers"), "fr");
  assert.equal(await page.getAttribute("html", "data-dates"), "iso");
  assert.match(await foot(), /Times in Tokyo \(UTC\+9\)/);
  const sites = await page.evaluate(() => fetch("/api/v1/sites").then((answer) => answer.json()));
  await page.goto(address(BUREAU, `/sites/${sites.items[0].id}`));
  assert.match(await foot(), /Times in Tokyo \(UTC\+9\) · the place: UTC \(UTC\)/);
  await choose(page, { Numbers: "", Dates: "", "Time zone": "" });
  await page.goto(address(BUREAU, `/sites/${sites.items[0].id}`));
  assert.match(await foot(), /Times in UTC \(UTC\)/);
  assert.doesNotMatch(await foot(), /the place/);
  await close();
});
