// Several equipment chosen in the list: moved, removed, and taken back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { BUREAU, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** Sends JSON as the signed-in page; answers with what came back. */
const send = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
  const answer = await fetch(path, { method, headers: { "content-type": "application/json", "if-match": "*" }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}, [method, path, body]);

const rows = (page, name) => page.locator("main tbody tr", { hasText: name });

async function choose(page, ...names) {
  await page.goto(address(BUREAU, "/equipment?q=fan&group=none"));
  assert.equal(await page.locator(".bulk").isVisible(), false, "nothing is chosen yet");
  for (const name of names) await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
  await page.locator(".bulk").waitFor();
}

test("chosen equipment is moved and moved back, removed and brought back", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, BUREAU);
  const loft = await send(page, "POST", "/api/v1/sites", { key: "loft", name: "Loft" });
  const type = await send(page, "POST", "/api/v1/types", { key: "fan", name: "Ventilator", points: [{ key: "speed", name: "Speed", kind: "number" }] });
  for (const n of [1, 2, 3]) await send(page, "POST", "/api/v1/equipment", { key: `fan-${n}`, name: `Fan ${n}`, site: "yard", type: "fan" });

  await choose(page, "Fan 1", "Fan 3");
  await page.locator(".bulk").getByLabel("Site").selectOption({ label: "Loft" });
  await page.getByRole("button", { name: "Move there" }).click();
  await page.getByRole("heading", { name: "2 are moved" }).waitFor();
  const moved = (await send(page, "GET", `/api/v1/equipment?site=${loft.id}`)).items.map((one) => one.key);
  assert.deepEqual(moved.sort(), ["fan-1", "fan-3"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(/\/equipment\?/);
  assert.equal(await rows(page, "Loft").count(), 0);

  await choose(page, "Fan 2");
  await page.locator(".bulk summary", { hasText: "Remove…" }).click();
  await page.locator(".bulk").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("heading", { name: "1 is removed" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(/\/equipment\?/);
  assert.equal(await rows(page, "Fan 2").count(), 1);
  assert.deepEqual(errors, []);

  const { items } = await send(page, "GET", "/api/v1/equipment");
  for (const one of items.filter((one) => one.key.startsWith("fan-"))) await send(page, "DELETE", `/api/v1/equipment/${one.id}`);
  await send(page, "DELETE", `/api/v1/types/${type.id}`);
  await send(page, "DELETE", `/api/v1/sites/${loft.id}`);
  await close();
});
