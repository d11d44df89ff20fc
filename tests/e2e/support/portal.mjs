// The portals of the running demo, as a visitor meets them.

import { run } from "./processes.mjs";

/** { web, mqtt, people, proofPassword }: told by run.mjs. */
export const demo = JSON.parse(process.env.VIGIE_E2E ?? "null");
if (!demo) throw new Error("no demo to test: run the browser tests with `tests/run NAME`");

const proof = { email: "proof@example.org", password: demo.proofPassword };
const spare = { email: "spare@example.org", password: demo.proofPassword };
const bureau = { email: "bureau@example.org", password: demo.proofPassword };
const office = { email: "office@example.org", password: demo.proofPassword };
const people = { ...demo.people, proof, spare, office, bureau, console: demo.staff };

export const ENERGY = "demo-energie";
export const PARKING = "demo-parking";
export const PROOF = "proof";
/** A client that support visits and the platform suspends for a moment. */
export const SPARE = "spare";
/** A client whose administrator changes everything. */
export const OFFICE = "office";
/** A client whose lists and formats are tried. */
export const BUREAU = "bureau";

/** The address of a page of a client's portal. */
export const address = (client, path = "/") => `http://${client}.localhost:${demo.web}${path}`;

/** The host of the platform's staff, which is no client's. */
export const CONSOLE = "console";

/** Signs in as the first user of a client. */
export async function signIn(page, client) {
  await page.goto(address(client, "/sign-in"));
  await page.fill("input[name=email]", people[client].email);
  await page.fill("input[name=password]", people[client].password);
  await Promise.all([page.waitForURL(address(client, "/")), page.click("main button[type=submit].pri")]);
}

/** Where the first link to such a page leads, found on the page of `from`. */
export async function firstLink(page, client, from, prefix) {
  await page.goto(address(client, from));
  const link = page.locator(`main a[href^="${prefix}"]:not([href$="/new"]), nav a[href^="${prefix}"]`).first();
  return link.getAttribute("href", { timeout: 5_000 });
}

/** Sends a value the way a device does, with mosquitto's own client. */
export async function publish(equipment, level, at = Date.now()) {
  await run("mosquitto_pub", [
    "-h", "127.0.0.1", "-p", String(demo.mqtt), "-u", "proof/probe", "-P", demo.proofPassword,
    "-q", "1", "-t", `gauges/${equipment}`, "-m", JSON.stringify({ ts: at, level }),
  ]);
}

/** Opens the page of a gauge by its name, the way a person does: through the list. */
export async function openGauge(page, name) {
  await signIn(page, PROOF);
  await page.goto(address(PROOF, "/equipment"));
  await page.locator("main").getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  return page.locator("main [data-point]").first();
}
