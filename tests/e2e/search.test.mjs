// The search: from every page, with the keyboard alone, forgiving a typo.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PROOF, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

for (const shortcut of ["/", "Control+k"]) {
  test(`${shortcut} leads to the search, arrows choose and Enter opens`, async () => {
    const { page, errors, close } = await freshPage(browser);
    await signIn(page, ENERGY);
    await page.keyboard.press(shortcut);
    await page.keyboard.type("compter nantes");
    const first = page.getByRole("option").first();
    await first.filter({ hasText: "Compteur général" }).filter({ hasText: "Nantes" }).waitFor();
    await page.keyboard.press("ArrowDown");
    const box = page.getByRole("combobox", { name: "Search" });
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    assert.equal(await box.getAttribute("aria-activedescendant"), "hit-1");
    await Promise.all([page.waitForURL(/\/equipment\/\d+/), page.keyboard.press("Enter")]);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Compteur général");
    assert.deepEqual(errors, []);
    await close();
  });
}

test("Escape closes the hits and leaves what was typed", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  const box = page.getByRole("combobox", { name: "Search" });
  await box.fill("pack");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("option").first().isVisible(), false);
  assert.equal(await box.inputValue(), "pack");
  await close();
});

test("on a phone the search has a page of its own", async () => {
  const { page, close } = await freshPage(browser, { viewport: PHONE });
  await signIn(page, ENERGY);
  await page.getByRole("link", { name: "Search" }).click();
  await page.waitForURL(address(ENERGY, "/search"));
  await page.locator("#search-q").fill("laboratorie");
  await page.locator("#hits a", { hasText: "Laboratoire" }).first().waitFor();
  await close();
});

test("one client's search finds nothing of another's", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PROOF);
  for (const path of ["/search?q=laboratoire", "/search/hits?q=laboratoire", "/api/v1/search?q=laboratoire"]) {
    const text = await page.evaluate(async (path) => (await fetch(path)).text(), path);
    assert.doesNotMatch(text, /Laboratoire/, path);
  }
  await close();
});
