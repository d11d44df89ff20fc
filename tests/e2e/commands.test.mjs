// A barrier of the car park is opened from its page; the simulated barrier obeys.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { PARKING, address, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("a barrier is opened after a second look, and says that it is open", async () => {
  const { page, close } = await freshPage(browser);
  const told = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => told.push(String(payload))));
  await signIn(page, PARKING);
  await page.goto(address(PARKING, "/equipment?q=Barri"));
  await page.locator("main").getByRole("link", { name: /Barrière d’entrée|Barrière d'entrée/ }).first().click();
  const commands = page.locator("#commands");
  await commands.getByRole("button", { name: /^(Send|Envoyer)/ }).click();
  const question = commands.getByRole("alertdialog");
  await question.waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await question.getByRole("button", { name: /^(Send|Envoyer)/ }).click();
  await commands.getByText(/^(Confirmed|Confirmée)$/).first().waitFor({ timeout: 20_000 });
  assert.ok(told.some((text) => text.startsWith('{"commands":[')), "the feed says that it is further");
  await close();
});

test("the messages of a connection are shown while one looks", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, PARKING);
  await page.goto(address(PARKING, "/connections"));
  await page.locator("main tbody a").first().click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await close();
});
