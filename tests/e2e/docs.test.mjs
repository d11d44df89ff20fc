// The page of the API: read and tried in a browser under the portal's own policy, with nobody else asked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** The operations one meets from the top to the bottom: of a long document only those in sight are drawn. */
async function shownOnTheWayDown(page, enough) {
  const seen = new Set();
  const look = () => page.locator(".opblock .opblock-summary").evaluateAll((blocks) => blocks.map((block) => {
    const text = (part) => block.querySelector(part).textContent.trim().toLowerCase();
    return `${text(".opblock-summary-method")} ${block.querySelector(".opblock-summary-path").dataset.path}`;
  }));
  await until("every operation is met", async () => {
    for (const one of await look()) seen.add(one);
    await page.mouse.wheel(0, 400);
    return seen.size >= enough;
  }, 60_000);
  return [...seen];
}

test("the page of the API shows every operation, tries one, and asks no other host", async () => {
  const { page, errors, close } = await freshPage(browser);
  const asked = new Set();
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http")) asked.add(host);
  });
  await signIn(page, PROOF);
  await page.goto(address(PROOF, "/docs"));
  const { paths } = await page.evaluate(async () => (await fetch("/api/v1/openapi.json")).json());
  const written = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
  await page.locator(".opblock").first().waitFor();
  assert.deepEqual((await shownOnTheWayDown(page, written.length)).sort(), written.sort());

  await page.evaluate(() => window.scrollTo(0, 0));
  await page.getByPlaceholder("Filter by tag").fill("sites");
  await until("only those of sites are left", async () => (await page.locator(".opblock-tag").count()) === 1);
  const sites = page.locator("#operations-sites-get_sites");
  await sites.locator(".opblock-summary-control").click();
  await sites.getByRole("button", { name: "Try it out" }).click({ timeout: 10_000 });
  await sites.getByRole("button", { name: "Execute" }).click();
  const answer = sites.locator(".live-responses-table .response .highlight-code").first();
  await answer.waitFor();
  assert.match(await answer.innerText(), /"name": "Yard"/);
  assert.deepEqual([...asked], [new URL(address(PROOF)).host]);
  assert.deepEqual(errors, []);
  await close();
});
