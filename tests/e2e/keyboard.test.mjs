// Without a mouse: from the sign-in to an equipment and out again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, address, demo, signIn } from "./support/portal.mjs";

const MOST_TABS = 80;
let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** Presses Tab until what is focused matches; fails when it is not reached. */
async function tabTo(page, selector) {
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    await page.keyboard.press("Tab");
    const there = await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
    if (there) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

test("the keyboard alone signs in, opens an equipment and signs out", async () => {
  const { page, close } = await freshPage(browser);
  await page.goto(address(ENERGY, "/sign-in"));
  await page.keyboard.type(demo.people[ENERGY].email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(demo.people[ENERGY].password);
  await Promise.all([page.waitForURL(address(ENERGY, "/")), page.keyboard.press("Enter")]);
  await tabTo(page, "nav.nav a[href='/equipment']");
  await Promise.all([page.waitForURL("**/equipment"), page.keyboard.press("Enter")]);
  await tabTo(page, "a[href^='/equipment/']");
  await Promise.all([page.waitForURL("**/equipment/*"), page.keyboard.press("Enter")]);
  await tabTo(page, "header details.menu summary");
  await page.keyboard.press("Enter");
  await tabTo(page, "header form[action='/sign-out'] button");
  await Promise.all([page.waitForURL("**/sign-in**"), page.keyboard.press("Enter")]);
  await close();
});

test("the first stop of the keyboard skips to the content", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main");
  await close();
});

test("what is focused is visible", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  await tabTo(page, "nav.nav a");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  await close();
});
