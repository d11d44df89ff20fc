// The page of the API: read and tried in a browser under the portal's own policy, with nobody else asked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

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
  const written = Object.values(paths).flatMap((item) => Object.keys(item)).length;
  await page.locator(".opblock").nth(written - 1).waitFor({ timeout: 90_000 });
  assert.equal(await page.locator(".opblock").count(), written);

  const sites = page.locator("#operations-sites-get_sites");
  await sites.locator(".opblock-summary-control").click();
  await sites.getByRole("button", { name: "Try it out" }).click();
  await sites.getByRole("button", { name: "Execute" }).click();
  const answer = sites.locator(".live-responses-table .response .highlight-code").first();
  await answer.waitFor();
  assert.match(await answer.innerText(), /"name": "Yard"/);
  assert.deepEqual([...asked], [new URL(address(PROOF)).host]);
  assert.deepEqual(errors, []);
  await close();
});
