// Two clients on one server: what belongs to one is not there for the other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { ENERGY, PARKING, address, demo, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("a portal asks who is there before it shows anything", async () => {
  const { page, close } = await freshPage(browser);
  for (const path of ["/", "/equipment", "/connections", "/equipment/1", "/points/1"]) {
    await page.goto(address(ENERGY, path));
    assert.equal(new URL(page.url()).pathname, "/sign-in", path);
  }
  await close();
});

test("the session of one client opens nothing at another", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  const [session] = (await page.context().cookies()).filter((cookie) => cookie.httpOnly);
  assert.equal(session.sameSite, "Lax");
  await page.context().addCookies([{ ...session, domain: `${PARKING}.localhost` }]);
  await page.goto(address(PARKING));
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  assert.equal(await page.evaluate(async () => (await fetch("/api/v1/equipment")).status), 401);
  await close();
});

test("the password of one client's user does not open another", async () => {
  const { page, close } = await freshPage(browser);
  await page.goto(address(PARKING, "/sign-in"));
  await page.fill("input[name=email]", demo.people[ENERGY].email);
  await page.fill("input[name=password]", demo.people[ENERGY].password);
  await page.click("main button[type=submit].pri");
  await page.locator("[aria-invalid=true]").waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await close();
});

test("each portal names its own client and its own things", async () => {
  const { page, close } = await freshPage(browser);
  const own = { [ENERGY]: /Énergie des Alpes/, [PARKING]: /Parking du Centre/ };
  for (const client of [ENERGY, PARKING]) {
    await signIn(page, client);
    await page.goto(address(client, "/equipment"));
    const text = await page.innerText("body");
    for (const [owner, name] of Object.entries(own)) assert.equal(name.test(text), owner === client, `${client}: ${name}`);
  }
  await close();
});

test("after signing out the page is closed again", async () => {
  const { page, close } = await freshPage(browser);
  await signIn(page, ENERGY);
  await page.click("header details.menu summary");
  await page.click("header form[action='/sign-out'] button");
  await page.goto(address(ENERGY, "/equipment"));
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await close();
});
