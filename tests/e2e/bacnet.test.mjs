// The organisation as a BACnet device: what its administrators see, and the files they give to integrators.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PROOF, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function open(client, path) {
  const opened = await freshPage(browser);
  await signIn(opened.page, client);
  await opened.page.goto(address(client, path));
  return opened;
}

async function saved(page, button) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: button, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("a BACnet device shows itself and gives its files", async () => {
  const { page, errors, close } = await open(PROOF, "/settings/equipment");
  await page.getByRole("link", { name: "BACnet", exact: true }).click();
  await page.getByRole("heading", { name: "BACnet", level: 1 }).waitFor();
  await page.getByText(/^Running since /).waitFor();
  const told = await page.locator("main").innerText();
  for (const fact of ["260009", "Proof yard", "127.0.0.0/8"]) assert.ok(told.includes(fact), `${fact} in ${told}`);
  // Other tests add equipment of the type that is shown.
  const [, shown] = told.match(/(\d+), of which 0 can be written/);
  assert.ok(shown >= 3, told);
  const ede = await saved(page, "EDE file");
  assert.equal(ede.name, "proof_EDE.csv");
  assert.match(ede.text, /^fresh\/level;260009;fresh\/level;0;\d+;Fresh gauge, Level;/m);
  const points = await saved(page, "Point list");
  assert.equal(points.name, "proof_points.csv");
  assert.ok(points.text.trim().split("\n").length >= 4, points.text);
  assert.deepEqual(errors, []);
  await close();
});

test("an organisation that is no BACnet device says how it becomes one", async () => {
  const { page, close } = await open(ENERGY, "/settings/bacnet");
  assert.equal(await page.getByText("[bacnet]").count(), 1);
  assert.equal(await page.locator("a[download]").count(), 0);
  await close();
});
