// One Chromium for a test file, a fresh profile for every page.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts Debian's Chromium; nothing is downloaded. */
export async function startBrowser() {
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: run tests/run, which installs it, or set CHROMIUM");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

/**
 * A fresh profile. Every script error on its pages fails the test through `errors`.
 * `look`: { viewport, colorScheme: "light"|"dark", locale: "fr-FR"|"en-GB" }.
 */
export async function freshPage(browser, look = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", ...look });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} at ${message.location().url}`);
  });
  return { page, errors, close: () => context.close() };
}

/** What axe finds wrong on the page as it stands, one readable line for each place. */
export async function accessibilityFaults(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} at ${node.target.join(" ")}`));
}
