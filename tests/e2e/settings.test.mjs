// The pages of administrators: made, refused with what was typed kept, changed by two, removed and brought back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function open(path) {
  const opened = await freshPage(browser);
  await signIn(opened.page, PROOF);
  await opened.page.goto(address(PROOF, path));
  return opened;
}

const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();

test("a refused form keeps what was typed and says what to do, field by field", async () => {
  const { page, close } = await open("/settings/sites/new");
  await page.getByLabel("Name").fill("Hall <1>");
  await page.getByLabel("Key").fill("yard");
  await page.getByLabel("Latitude").fill("north");
  await page.getByLabel("Time zone").fill("Europe/Atlantis");
  await save(page);
  assert.equal(await page.getByLabel("Name").inputValue(), "Hall <1>");
  assert.equal(await page.getByLabel("Latitude").inputValue(), "north");
  const described = async (label) => page.locator(`#${(await page.getByLabel(label).getAttribute("aria-describedby")).trim().split(" ").at(-1)}`).innerText();
  assert.match(await described("Latitude"), /Write a number/);
  assert.match(await described("Time zone"), /no time zone “Europe\/Atlantis”/);
  for (const label of ["Latitude", "Time zone"]) {
    assert.equal(await page.getByLabel(label).getAttribute("aria-invalid"), "true", label);
  }
  assert.equal(await page.getByLabel("Name").getAttribute("aria-invalid"), null);
  await close();
});

test("a site is added, changed, removed, and brought back by undo", async () => {
  const { page, errors, close } = await open("/settings/sites/new");
  await page.getByLabel("Name").fill("Depot");
  await page.getByLabel("Key").fill("depot");
  await save(page);
  await page.waitForURL(/saved=Depot/);
  await page.getByRole("link", { name: "Depot" }).click();
  await page.getByLabel("Address").fill("1 quay");
  await save(page);
  await page.getByRole("link", { name: "Depot" }).click();
  assert.equal(await page.getByLabel("Address").inputValue(), "1 quay");
  await page.locator("summary", { hasText: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove Depot" }).click();
  await page.getByRole("status").filter({ hasText: "Depot is removed." }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Depot" }).count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Depot" }).waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("two who change the same thing do not undo each other", async () => {
  const one = await open("/settings/sites");
  await one.page.getByRole("link", { name: "Yard" }).click();
  const two = await open(new URL(one.page.url()).pathname);
  await two.page.getByLabel("Address").fill("theirs");
  await save(two.page);
  await two.page.waitForURL(/saved=/);
  await one.page.getByLabel("Address").fill("mine");
  await save(one.page);
  await one.page.getByText("Somebody else changed this").waitFor();
  assert.equal(await one.page.getByLabel("Address").inputValue(), "mine");
  assert.match(await one.page.locator(".theirs").innerText(), /theirs/);
  await save(one.page);
  await one.page.waitForURL(/saved=/);
  await one.close();
  await two.close();
});

test("what something stands on is not removed, in words", async () => {
  const { page, close } = await open("/settings/types");
  await page.getByRole("link", { name: "Gauge" }).click();
  await page.locator("summary", { hasText: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove Gauge" }).click();
  await page.getByRole("alert").filter({ hasText: "still stands on it" }).waitFor();
  await close();
});

test("the secret of a device is shown once", async () => {
  const { page, close } = await open("/settings/devices/new");
  await page.getByLabel("Name").fill("probe-2");
  await save(page);
  const secret = await page.locator("[data-secret]").innerText();
  assert.ok(secret.length > 15);
  await page.getByRole("link", { name: "I have kept it" }).click();
  await page.getByRole("link", { name: "probe-2" }).click();
  assert.ok(!(await page.content()).includes(secret));
  await close();
});

test("a connection of any protocol begins with an example that is there to be written over", async () => {
  const { page, errors, close } = await open("/settings/connections/new");
  const protocols = await page.locator("#protocol option").evaluateAll((all) => all.map((one) => one.value).filter(Boolean));
  assert.deepEqual(protocols, ["mqtt", "mqtt-endpoint", "http", "green-bms-tcp", "thingset-ws", "modbus", "bacnet"]);
  await page.getByRole("link", { name: "Modbus TCP" }).click();
  await page.waitForURL(/protocol=modbus/);
  assert.equal(await page.locator("#protocol").inputValue(), "modbus");
  const config = page.getByLabel("Configuration");
  assert.equal(JSON.parse(await config.inputValue()).devices[0].profile, "eastron-sdm630");
  const box = await config.boundingBox();
  assert.ok(box.width > 600 && box.height > 380, `room for a configuration, not ${box.width} by ${box.height}`);
  await page.getByLabel("Name").fill("Plant room");
  await page.getByLabel("Key").fill("plant-room");
  await page.getByLabel("In use").uncheck();
  await config.fill('{"address": "192.0.2.20", "devices": [{"unit": 1, "equipment": "no-such-meter", "profile": "eastron-sdm630"}]}');
  await save(page);
  await page.waitForURL(/saved=/);
  await page.getByRole("link", { name: "Plant room" }).click();
  assert.equal(JSON.parse(await page.getByLabel("Configuration").inputValue()).address, "192.0.2.20");
  await page.locator("summary", { hasText: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove Plant room" }).click();
  await page.getByRole("status").filter({ hasText: "is removed" }).waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test("whether a device may command is ticked, and stays as it was ticked", async () => {
  const { page, errors, close } = await open("/settings/devices/new");
  await page.getByLabel("Name").fill("panel");
  await page.getByLabel("May send commands itself").check();
  await save(page);
  await page.getByRole("link", { name: "I have kept it" }).click();
  await page.getByRole("link", { name: "panel" }).click();
  assert.equal(await page.getByLabel("May send commands itself").isChecked(), true);
  await page.getByLabel("May send commands itself").uncheck();
  await save(page);
  await page.waitForURL(/saved=/);
  await page.getByRole("link", { name: "panel" }).click();
  assert.equal(await page.getByLabel("May send commands itself").isChecked(), false);
  assert.deepEqual(errors, []);
  await close();
});

test("the form of a point asks only for what its kind has", async () => {
  const { page, close } = await open("/settings/types");
  await page.getByRole("link", { name: "Gauge" }).click();
  await page.getByRole("link", { name: "Add a point" }).click();
  const shown = async () => Promise.all(["#states", "#unit", "#command_per_minute"].map((one) => page.locator(one).isVisible()));
  assert.deepEqual(await shown(), [false, true, false]);
  await page.locator("#kind").selectOption("state");
  assert.deepEqual(await shown(), [true, false, false]);
  await page.locator("#command_role").selectOption("operator");
  assert.deepEqual(await shown(), [true, false, true]);
  await close();
});
