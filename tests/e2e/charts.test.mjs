// Charts: dragged to another range, compared across equipment, noted upon.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PARKING, address, firstLink, signIn } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function openPack() {
  const opened = await freshPage(browser);
  await signIn(opened.page, ENERGY);
  const pack = await firstLink(opened.page, ENERGY, "/equipment?type=battery-pack&sort=name", "/equipment/");
  await opened.page.goto(address(ENERGY, pack));
  await opened.page.locator(".u-over").first().waitFor();
  return opened;
}

const range = (page) => {
  const { searchParams } = new URL(page.url());
  return [Number(searchParams.get("start")), Number(searchParams.get("end"))];
};

test("dragging over a chart shows that range, and the way back leads back", async () => {
  const { page, errors, close } = await openPack();
  const before = page.url();
  const plot = await page.locator(".u-over").first().boundingBox();
  const at = (share) => [plot.x + plot.width * share, plot.y + plot.height / 2];
  await page.mouse.move(...at(0.25));
  await page.mouse.down();
  await page.mouse.move(...at(0.4), { steps: 4 });
  await page.mouse.move(...at(0.5), { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/start=\d+&end=\d+/);
  const [start, end] = range(page);
  const hours = (end - start) / 3_600_000;
  assert.ok(hours > 5.5 && hours < 6.5, `a quarter of a day, not ${hours} h`);
  await page.goBack();
  await page.waitForURL(before);
  assert.deepEqual(errors, []);
  await close();
});

test("points of several equipment are compared, each added by the search; the address is the state", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  await page.goto(address(ENERGY, "/compare"));
  for (const wanted of ["g1 voltage", "l1 voltage"]) {
    await page.getByRole("combobox", { name: "Add a point" }).fill(wanted);
    await page.getByRole("option", { name: "Voltage" }).first().click();
    await page.waitForURL(/points=/);
  }
  await page.waitForURL(/points=\d+,\d+/);
  assert.equal(await page.locator("[data-chart]").count(), 1, "one unit, one axis");
  assert.equal(await page.locator("[data-chart] .key > span").count(), 2);
  const state = page.url();
  await page.goto("about:blank");
  await page.goto(state);
  assert.equal(await page.locator(".compared li").count(), 2);
  await page.getByRole("link", { name: /^Take off/ }).first().click();
  await until("one is left", async () => (await page.locator(".compared li").count()) === 1);
  assert.deepEqual(errors, []);
  await close();
});

test("a note stands at the pressed instant, is text whatever it says, and its author takes it away", async () => {
  const { page, errors, close } = await openPack();
  await page.locator("summary", { hasText: "Add a note" }).click();
  const field = page.locator("#note-at");
  const usual = await field.inputValue();
  await page.locator(".u-over").first().click({ position: { x: 40, y: 40 } });
  await until("the form has the instant", async () => (await field.inputValue()) !== usual);
  const hostile = `<img src=x onerror="document.title='broken'"> ${Date.now()}`;
  await page.locator("#note-text").fill(hostile);
  await page.getByRole("button", { name: "Save the note" }).click();
  const note = page.locator(".note-list li", { hasText: hostile });
  await note.waitFor();
  await note.locator("summary").click();
  await note.getByRole("button", { name: "Remove the note" }).click();
  await until("the note is gone", async () => (await note.count()) === 0);
  assert.notEqual(await page.title(), "broken");
  assert.deepEqual(errors, []);
  await close();
});

test("the cells of a pack are a heat map of the range that is shown", async () => {
  const { page, errors, close } = await openPack();
  const heat = page.locator("figure[data-heat]", { hasText: "Cell voltage" });
  const summary = () => heat.locator("[data-summary]").textContent();
  await until("the map is drawn", async () => /1: \d/.test(await summary()));

  const canvas = heat.locator("canvas.heat");
  await canvas.scrollIntoViewIfNeeded();
  const colours = await canvas.evaluate((one) => {
    const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  assert.ok(colours > 2, `${colours} colours tell cells apart`);

  await canvas.hover();
  assert.match(await heat.locator("[data-readout]").textContent(), /^\d+ · \d[.,]\d{3} V · /);
  assert.deepEqual(errors, []);
  await close();
});

/** Remembers what each canvas says in its newest drawing. */
const listenToCanvases = () => {
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  window.said = new Map();
  CanvasRenderingContext2D.prototype.clearRect = function (...at) {
    window.said.set(this.canvas, []);
    clearRect.apply(this, at);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    if (this.textAlign === "right") window.said.get(this.canvas)?.push(text);
    fillText.call(this, text, ...at);
  };
};

/** The numbers beside the axes of all charts of a page. */
const axes = (page) => page.evaluate(() => [...window.said.values()].filter((texts) => texts.length > 1));

test("the numbers of an axis stand as far apart as they say", async () => {
  for (const [client, list] of [[ENERGY, "/equipment?type=battery-pack&sort=name"], [PARKING, "/equipment?type=display"]]) {
    const { page, errors, close } = await freshPage(browser);
    await page.addInitScript(listenToCanvases);
    await signIn(page, client);
    await page.goto(address(client, list));
    await page.locator('main a[href^="/equipment/"]').first().click();
    await until("axes are drawn", async () => (await axes(page)).length > 0);
    for (const texts of await axes(page)) {
      const numbers = texts.map((text) => Number(text.replaceAll(",", "").replace("−", "-")));
      const steps = numbers.slice(1).map((one, place) => one - numbers[place]);
      for (const step of steps) assert.ok(step !== 0 && Math.abs(step - steps[0]) < 1e-6, `${client}: ${texts.join(" · ")}`);
    }
    assert.deepEqual(errors, []);
    await close();
  }
});
