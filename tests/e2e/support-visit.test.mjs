// Support of the platform looks into a portal: asked for on the console, seen and ended by the client.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { CONSOLE, SPARE, address, signIn } from "./support/portal.mjs";

const REASON = "Gauges <b>are late</b>, says the client";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("support enters for a reason, the client sees it on every page and sends it away", async () => {
  const staff = await freshPage(browser);
  await signIn(staff.page, CONSOLE);
  await staff.page.goto(address(CONSOLE, "/clients/spare"));

  await staff.page.fill("#reason", "short");
  await staff.page.click("form[action$='/support'] button[type=submit]");
  await staff.page.getByText("8 to 200 readable characters").waitFor();
  assert.equal(await staff.page.inputValue("#reason"), "short", "what was typed is kept");

  await staff.page.fill("#reason", REASON);
  await staff.page.click("form[action$='/support'] button[type=submit]");
  const link = await staff.page.getByRole("link", { name: "Enter Spare" }).getAttribute("href");

  const guest = await freshPage(browser);
  await guest.page.goto(link);
  assert.deepEqual(await accessibilityFaults(guest.page), []);
  await Promise.all([guest.page.waitForURL(address(SPARE, "/")), guest.page.click("main button[type=submit]")]);
  await guest.page.getByText("You look at this portal as support").waitFor();
  assert.equal((await guest.page.goto(address(SPARE, "/admin/support"))).status(), 403, "support manages nothing");
  const used = await freshPage(browser);
  assert.equal((await used.page.goto(link)).status(), 404, "the link works once");

  const admin = await freshPage(browser);
  await signIn(admin.page, SPARE);
  for (const path of ["/", "/equipment"]) {
    await admin.page.goto(address(SPARE, path));
    await admin.page.locator(".notice").getByText(REASON).waitFor();
  }
  await admin.page.locator(".notice").getByRole("link", { name: "See" }).click();
  assert.deepEqual(await accessibilityFaults(admin.page), []);
  await admin.page.getByRole("button", { name: "End S. Platform" }).click();
  await admin.page.getByText("Ended").first().waitFor();
  assert.equal(await admin.page.locator(".notice").count(), 0);

  await guest.page.goto(address(SPARE, "/equipment"));
  assert.equal(new URL(guest.page.url()).pathname, "/sign-in", "who was sent away is out");
  for (const visit of [staff, guest, used, admin]) await visit.close();
});

test("a client that is suspended on the console is closed, and open again when resumed", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, CONSOLE);
  await page.goto(address(CONSOLE, "/clients/spare"));
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  const visitor = await freshPage(browser);
  assert.equal((await visitor.page.goto(address(SPARE, "/"))).status(), 503);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Suspend" }).waitFor();
  assert.equal((await visitor.page.goto(address(SPARE, "/sign-in"))).status(), 200);
  await visitor.close();
  await close();
});
