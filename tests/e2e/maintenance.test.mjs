// Work on an equipment: planned on its page, found in the list, done.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, openGauge } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("work is planned with what was typed kept, is overdue, and is done by whom", async () => {
  const { page, close } = await freshPage(browser);
  await openGauge(page, "Old gauge");
  await page.getByRole("link", { name: "Plan work" }).click();
  await page.fill("#notes", "Bring a ladder");
  await page.fill("#due_on", "2020-02-29");
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await page.getByText("Say in 1 to 120 characters").waitFor();
  assert.equal(await page.inputValue("#notes"), "Bring a ladder");
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.fill("#title", "Calibrate <it>");
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Calibrate <it>" }).waitFor();
  await page.goto(address(PROOF, "/maintenance"));
  await page.getByText("overdue since 29").waitFor();
  await page.getByRole("link", { name: "Calibrate <it>" }).click();
  await page.getByRole("button", { name: "Done today" }).click();
  await page.getByText("Done by Proof").waitFor();
  await page.goto(address(PROOF, "/admin/audit?noun=maintenance"));
  await page.getByText("done_on").first().waitFor();
  await close();
});
