// What administrators decide: keys, custom fields, the organisation, people, devices that speak unasked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { OFFICE, PROOF, address, publish, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function open(client, path) {
  const opened = await freshPage(browser);
  await signIn(opened.page, client);
  await opened.page.goto(address(client, path));
  return opened;
}

const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();

async function remove(page, name) {
  await page.locator("summary", { hasText: "Remove…" }).click();
  await page.getByRole("button", { name: `Remove ${name}` }).click();
}

test("changing a note leaves the place and the type of an equipment alone", async () => {
  const { page, errors, close } = await open(OFFICE, "/settings/sites/new");
  const chosen = (label) => page.getByLabel(label, { exact: true }).locator("option:checked").innerText();
  await page.getByLabel("Name").first().fill("Attic");
  await page.getByLabel("Key").fill("attic");
  await save(page);
  await page.waitForURL(/saved=/);
  for (const [key, name] of [["boiler", "Boiler"], ["chiller", "Chiller"]]) {
    await page.goto(address(OFFICE, "/settings/types/new"));
    await page.getByLabel("Key").fill(key);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await save(page);
    await page.waitForURL(/saved=/);
  }
  await page.goto(address(OFFICE, "/settings/equipment/new"));
  await page.getByLabel("Name").first().fill("Cold one");
  await page.getByLabel("Key").fill("cold-one");
  await page.getByLabel("Site", { exact: true }).selectOption({ label: "Yard" });
  await page.getByLabel("Type", { exact: true }).selectOption({ label: "Chiller" });
  await save(page);
  await page.waitForURL(/saved=/);
  await page.getByRole("link", { name: "Cold one" }).click();
  assert.deepEqual([await chosen("Site"), await chosen("Type")], ["Yard", "Chiller"]);
  await page.getByLabel("Note").fill("hums");
  await save(page);
  await page.waitForURL(/saved=/);
  await page.getByRole("link", { name: "Cold one" }).click();
  assert.deepEqual([await chosen("Site"), await chosen("Type")], ["Yard", "Chiller"]);
  assert.equal(await page.getByLabel("Note").inputValue(), "hums");
  assert.deepEqual(errors, []);
  await close();
});

test("a key is shown once, works, gets another secret, and is refused once it is revoked", async () => {
  const { page, close } = await open(OFFICE, "/settings/keys/new");
  const status = (key) => page.evaluate(async (key) => {
    const answer = await fetch("/api/v1/sites", { credentials: "omit", headers: { authorization: `Bearer ${key}` } });
    return answer.status;
  }, key);
  await page.getByLabel("Name").fill("reader");
  await page.getByLabel("Last day").fill("2030-12-31");
  await save(page);
  const first = await page.locator("[data-secret]").innerText();
  assert.equal(await status(first), 200);
  await page.getByRole("link", { name: "I have kept it" }).click();
  await page.getByRole("link", { name: "reader" }).click();
  assert.ok(!(await page.content()).includes(first), "the key is not shown again");
  await page.getByText("Let in until").waitFor();
  await page.getByRole("button", { name: "Make another secret" }).click();
  const second = await page.locator("[data-secret]").innerText();
  assert.deepEqual([await status(first), await status(second)], [401, 200]);
  await page.getByRole("link", { name: "I have kept it" }).click();
  await page.getByRole("link", { name: "reader" }).click();
  await remove(page, "reader");
  await page.getByRole("status").filter({ hasText: "reader" }).waitFor();
  assert.equal(await status(second), 401);
  await close();
});

test("a custom field is filled in, listed, ticked in the filter and found by the search", async () => {
  const { page, errors, close } = await open(PROOF, "/settings/fields/new");
  await page.getByLabel("Key").fill("contract");
  await page.getByLabel("Name", { exact: true }).fill("Contract");
  await page.getByLabel("Kind").selectOption({ label: "One of a list" });
  await page.getByLabel("Words of the list").fill("Gold\nSilver");
  await page.getByLabel("Lists show it").check();
  await save(page);
  await page.waitForURL(/saved=/);
  await page.goto(address(PROOF, "/settings/equipment"));
  await page.getByRole("link", { name: "Old gauge" }).click();
  await page.getByLabel("Contract").selectOption("Silver");
  await save(page);
  await page.waitForURL(/saved=/);
  await page.goto(address(PROOF, "/equipment"));
  await page.getByRole("columnheader", { name: "Contract" }).first().waitFor();
  await page.locator(".drop summary", { hasText: "Contract" }).click();
  await page.getByRole("checkbox", { name: "Silver" }).check();
  await page.waitForURL(/field=contract%3DSilver/);
  await until("one is left", async () => (await page.locator("main tbody tr").count()) === 1);
  assert.match(await page.locator("main tbody tr").innerText(), /Old gauge[\s\S]*Silver/);
  await page.goto(address(PROOF, "/search?q=silver"));
  await page.locator("#hits a", { hasText: "Old gauge" }).first().click();
  await page.locator("dd", { hasText: "Silver" }).waitFor();
  await page.goto(address(PROOF, "/settings/fields"));
  await page.getByRole("link", { name: "Contract" }).click();
  await remove(page, "Contract");
  await page.goto(address(PROOF, "/equipment"));
  assert.equal(await page.getByRole("columnheader", { name: "Contract" }).count(), 0);
  assert.deepEqual(errors, []);
  await close();
});

test("the organisation refuses what nobody could read, and what would lock its author out", async () => {
  const { page, close } = await open(OFFICE, "/settings/client");
  await page.getByLabel("Colour").fill("#7a7a7a");
  await page.getByLabel("From where one may come").fill("203.0.113.0/24");
  await page.getByLabel("Days samples are kept").fill("many");
  await save(page);
  await page.getByText("3 fields are not right yet").waitFor();
  for (const [label, says] of [["Colour", /contrast/], ["From where one may come", /lock yourself out/], ["Days samples are kept", /Write a number/]]) {
    const field = page.getByLabel(label);
    assert.equal(await field.getAttribute("aria-invalid"), "true", label);
    const ids = (await field.getAttribute("aria-describedby")).split(" ");
    assert.match(await page.locator(`#${ids.at(-1)}`).innerText(), says);
  }
  assert.equal(await page.getByLabel("Colour").inputValue(), "#7a7a7a");
  await page.getByLabel("Colour").fill("#1e5b46");
  await page.getByLabel("From where one may come").fill("");
  await page.getByLabel("Days samples are kept").fill("400");
  await save(page);
  await page.getByRole("status").filter({ hasText: "The organisation is saved." }).waitFor();
  assert.match(await page.evaluate(async () => (await fetch("/brand.css", { cache: "reload" })).text()), /#1e5b46/);
  await page.locator(".usages dt", { hasText: "People" }).waitFor();
  await close();
});

test("what a person sees is changed on their page", async () => {
  const { page, close } = await open(OFFICE, "/admin/people");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("E-mail address").fill("ada@office.example");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("link", { name: "Ada", exact: true }).click();
  await page.getByLabel("Role").selectOption({ label: "Operator" });
  await page.getByRole("checkbox", { name: "Yard" }).check();
  await save(page);
  await page.getByRole("status").filter({ hasText: "Ada is saved." }).waitFor();
  await page.getByRole("link", { name: "Ada", exact: true }).click();
  assert.equal(await page.getByRole("checkbox", { name: "Yard" }).isChecked(), true);
  assert.equal(await page.getByLabel("Role").locator("option:checked").innerText(), "Operator");
  await remove(page, "Ada");
  await page.getByRole("status").filter({ hasText: "removed" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Ada", exact: true }).count(), 0);
  await close();
});

test("the last administrator cannot be removed, in words", async () => {
  const { page, close } = await open(OFFICE, "/admin/people");
  await page.locator("main").getByRole("link", { name: "Office", exact: true }).click();
  await remove(page, "Office");
  await page.getByRole("alert").filter({ hasText: "last administrator" }).waitFor();
  await close();
});

test("a device that spoke unasked is taken in, another is not listed again", async () => {
  const { page, errors, close } = await open(PROOF, "/discovered");
  await publish("newcomer", 12);
  await publish("intruder", 13);
  const listed = (key) => page.locator(".stranger", { hasText: key });
  await until("both are listed", async () => {
    await page.goto(address(PROOF, "/discovered"));
    return (await listed("newcomer").count()) === 1 && (await listed("intruder").count()) === 1;
  });
  const newcomer = listed("newcomer");
  assert.equal(await newcomer.getByLabel("Type").locator("option:checked").innerText(), "Gauge", "its points tell what it is");
  await newcomer.getByLabel("Name").fill("New gauge");
  await newcomer.getByRole("button", { name: "Take in" }).click();
  await page.getByRole("status").filter({ hasText: "New gauge is equipment now" }).waitFor();
  assert.equal(await listed("newcomer").count(), 0);
  await listed("intruder").getByRole("button", { name: "Do not list again" }).click();
  await page.getByRole("status").filter({ hasText: "intruder" }).waitFor();
  assert.equal(await listed("intruder").count(), 0);
  await publish("newcomer", 14);
  await page.goto(address(PROOF, "/equipment?q=New+gauge"));
  await page.locator("#found").getByRole("link", { name: "New gauge", exact: true }).click();
  await page.locator("main [data-point]", { hasText: "14.0" }).first().waitFor();
  await page.goto(address(PROOF, "/settings/equipment?q=New+gauge"));
  await page.getByRole("link", { name: "New gauge" }).click();
  await remove(page, "New gauge");
  assert.deepEqual(errors, []);
  await close();
});

test("a connection says whether it works", async () => {
  const { page, close } = await open(PROOF, "/settings/connections");
  await page.getByRole("link", { name: "Gauges" }).click();
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.getByRole("status").filter({ hasText: "It waits for devices" }).waitFor();
  await close();
});

test("the newest messages of a connection come in on top, leave the others alone, and can be held still", async () => {
  const { page, errors, close } = await open(PROOF, "/connections");
  await page.locator("main").getByRole("link", { name: "Gauges", exact: true }).click();
  const rows = page.locator("#trace tr[data-number]");
  const said = (level) => rows.filter({ hasText: `"level":${level}.25` });
  const trace = await page.locator("#trace").getAttribute("data-trace");
  const kept = (level) => page.evaluate(async ([trace, text]) => (await (await fetch(trace)).text()).includes(text), [trace, `:${level}.25}`]);
  await page.evaluate((trace) => fetch(trace), trace);
  await publish("fresh", 41.25);
  await said(41).waitFor();
  await said(41).evaluate((row) => { row.known = true; });
  await publish("fresh", 42.25);
  await said(42).waitFor();
  assert.equal(await said(41).evaluate((row) => row.known), true, "the older row is the same element");
  const numbers = await rows.evaluateAll((all) => all.map((row) => Number(row.dataset.number)));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a), "the newest stands on top");
  assert.ok(numbers.length <= 20, `${numbers.length} rows`);
  const pause = page.getByRole("button", { name: "Pause" });
  await pause.click();
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  await publish("fresh", 43.25);
  await until("the server has it", () => kept(43));
  assert.equal(await said(43).count(), 0, "nothing moves while it is held");
  await pause.click();
  await said(43).waitFor();
  assert.deepEqual(errors, []);
  await close();
});
