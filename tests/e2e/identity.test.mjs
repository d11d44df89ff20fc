// Passkeys with Chromium's virtual authenticator, and the steps of a sign-in as people meet them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, accessibilityFaults, freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, demo, signIn } from "./support/portal.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** An authenticator with a finger that always fits. */
async function plugIn(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  const fits = (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { fits };
}

test("a passkey is added, signs in without a password, is asked for after one, and is removed", async () => {
  const { page, errors, close } = await freshPage(browser);
  const authenticator = await plugIn(page);
  await signIn(page, PROOF);
  await page.goto(address(PROOF, "/me/factors"));
  await page.fill("#passkey-name", "This laptop");
  await page.fill("#current-passkey", demo.proofPassword);
  await page.click("form[data-passkey=create] button[type=submit]");
  await page.locator("ul.codes li").first().waitFor();
  assert.equal(await page.locator("ul.codes li").count(), 10);
  assert.deepEqual(await accessibilityFaults(page), []);

  await page.click("main a.btn.pri");
  await page.getByText("This laptop").first().waitFor();
  await page.click("header details.menu summary");
  await page.click("header form[action='/sign-out'] button");

  await page.waitForURL(address(PROOF, "/sign-in"));
  await page.click("form[data-passkey=get] button[type=submit]");
  await page.waitForURL(address(PROOF, "/"));

  await page.click("header details.menu summary");
  await page.click("header form[action='/sign-out'] button");
  await page.fill("input[name=email]", "proof@example.org");
  await page.fill("input[name=password]", demo.proofPassword);
  await page.click("main button[type=submit].pri");
  await page.waitForURL("**/sign-in/second-factor**");
  assert.deepEqual(await accessibilityFaults(page), []);
  await authenticator.fits(false);
  await page.click("form[data-passkey=get] button[type=submit]");
  await page.locator("[data-passkey-fault]:visible").waitFor();
  await authenticator.fits(true);
  await page.click("form[data-passkey=get] button[type=submit]");
  await page.waitForURL(address(PROOF, "/"));

  await page.goto(address(PROOF, "/me/factors"));
  await page.fill("#current-gone", demo.proofPassword);
  await page.click("form[action='/me/factors/remove'] button[type=submit]");
  await page.waitForURL("**/me/factors?done=factor-gone");
  assert.deepEqual(errors, []);
  await close();
});

test("an app is set up on a phone: the code to scan is there, and a wrong code is said", async () => {
  const { page, close } = await freshPage(browser, { viewport: PHONE, locale: "fr-FR" });
  await signIn(page, PROOF);
  await page.goto(address(PROOF, "/me/factors"));
  await page.fill("#current-app", demo.proofPassword);
  await page.click("form[action='/me/factors/app'] button[type=submit]");
  const code = page.locator("svg.qr path");
  await code.waitFor();
  assert.ok((await code.boundingBox()).width > 150);
  await page.fill("#code", "000000");
  await page.click("form[action='/me/factors/app/confirm'] button[type=submit]");
  await page.locator("#code-fault").waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await close();
});

test("the other browsers are listed and ended", async () => {
  const [one, two] = [await freshPage(browser), await freshPage(browser)];
  await signIn(one.page, PROOF);
  await signIn(two.page, PROOF);
  await one.page.goto(address(PROOF, "/me/sessions"));
  await one.page.click("form[action='/me/sessions/end-others'] button");
  await one.page.locator("[role=status].note").waitFor();
  await two.page.goto(address(PROOF, "/equipment"));
  assert.equal(new URL(two.page.url()).pathname, "/sign-in");
  await one.close();
  await two.close();
});
