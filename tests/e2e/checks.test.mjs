// The checks themselves: a check that cannot fail proves nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("the accessibility check finds a picture without a description", async () => {
  const { page, close } = await freshPage(browser);
  await page.setContent('<html lang="en"><title>t</title><main><h1>t</h1><img src="data:,"></main></html>');
  const faults = await accessibilityFaults(page);
  assert.ok(faults.some((fault) => fault.startsWith("image-alt:")), faults.join("\n"));
  await close();
});

test("a script error on a page is noticed", async () => {
  const { page, errors, close } = await freshPage(browser);
  await page.setContent("<script>throw new Error('broken')</script>");
  assert.match(errors.join(), /broken/);
  await close();
});
