// Names, notes and states that were made to break out stay text on every page that shows them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { PROOF, address, demo, signIn } from "./support/portal.mjs";
import { run } from "./support/processes.mjs";

const PAYLOADS = [
  `"><img src=x onerror=window.broken=1>`,
  `'"><svg onload=window.broken=1>`,
  `{{constructor.constructor('window.broken=1')()}}`,
  "</script><script>window.broken=1</script>",
  "javascript:window.broken=1",
];

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

/** A site, a type, an equipment and what hangs on it, a person: every text of them is hostile. */
async function plant(page) {
  const all = PAYLOADS.join(" ");
  const site = await send(page, "POST", "/api/v1/sites", { key: "hostile-site", name: all, address: all, latitude: 47, longitude: 2 });
  const type = await send(page, "POST", "/api/v1/types", {
    key: "hostile-type", name: all, name_fr: all, icon: "i-meter",
    points: [
      { key: "level", name: all, kind: "number", decimals: 1 },
      { key: "mode", name: all, kind: "state", states: { 0: `<img src=x onerror=window.broken=1>` } },
    ],
  });
  const field = await send(page, "POST", "/api/v1/fields", {
    noun: "equipment", key: "hostile-field", name: PAYLOADS[0], name_fr: PAYLOADS[0], kind: "select", options: PAYLOADS.slice(0, 2), listed: true, searchable: true,
  });
  const equipment = await send(page, "POST", "/api/v1/equipment", {
    key: "hostile-one", name: all, site: site.id, type: type.id, model: all, serial: all, note: all, custom: { "hostile-field": PAYLOADS[1] },
  });
  const work = await send(page, "POST", "/api/v1/maintenance", { equipment: equipment.id, title: PAYLOADS[0], notes: all, due_on: "2020-02-29" });
  const kept = await page.evaluate(async ([id, name]) => {
    const headers = { "content-type": "application/octet-stream" };
    return (await fetch(`/api/v1/maintenance/${id}/files?name=${encodeURIComponent(name)}`, { method: "POST", headers, body: "%PDF-1.4\n" })).status;
  }, [work.id, PAYLOADS[0]]);
  assert.equal(kept, 201, "a file with a hostile name is kept");
  const person = await send(page, "POST", "/api/v1/users", { name: PAYLOADS[1], email: "hostile@proof.example", role: "viewer" });
  const text = `${all} on a chart`;
  await send(page, "POST", "/api/v1/annotations", { equipment: equipment.id, at: String(Date.now() - 60_000), text });
  const { items } = await send(page, "GET", `/api/v1/points?equipment=${equipment.id}`);
  const connections = await send(page, "GET", "/api/v1/connections");
  const connection = connections.items.find((one) => one.key === "gauges");
  return {
    site: site.id, type: type.id, equipment: equipment.id, points: items.map((one) => one.id),
    field: field.id, work: work.id, person: person.id, connection: connection.id,
  };
}

/** A device that nobody knows speaks on a hostile topic. */
const speak = (level) => run("mosquitto_pub", ["-h", "127.0.0.1", "-p", String(demo.mqtt), "-u", "proof/probe", "-P", demo.proofPassword,
  "-q", "1", "-t", `gauges/${PAYLOADS[1].replaceAll("/", "")}`, "-m", JSON.stringify({ level, note: PAYLOADS[0] })]);

/** Nothing of a payload became an element or ran. */
async function assertIsText(page, where) {
  assert.equal(await page.evaluate(() => window.broken), undefined, where);
  assert.equal(await page.locator("img[src=x], svg[onload], a[href^='javascript:']").count(), 0, where);
}

test("hostile texts stay text on every page", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, PROOF);
  const made = await plant(page);
  await speak(1);
  const query = encodeURIComponent(PAYLOADS[0]);
  const paths = [
    "/", "/map", "/connections", "/equipment?group=site", "/equipment?view=grid", `/equipment?q=${query}`,
    `/equipment?type=${query}&sort=${query}&view=${query}&group=${query}`, `/search?q=${query}`, "/search?q=constructor",
    `/sites/${made.site}`, `/equipment/${made.equipment}`, `/points/${made.points[0]}`, `/compare?points=${made.points.join(",")}`,
    `/tree?q=constructor`, `/tree/sites/${made.site}`, "/settings/sites", "/settings/types", "/settings/equipment",
    `/settings/sites/${made.site}`, `/settings/types/${made.type}`, `/settings/equipment/${made.equipment}`,
    `/settings/sites?saved=${query}`, "/admin/audit", "/discovered", `/discovered?adopted=${query}`, `/connections/${made.connection}`,
    "/settings/fields", `/settings/fields/${made.field}`, "/settings/equipment/new", "/maintenance", `/maintenance/${made.work}`,
    `/maintenance?equipment=${made.equipment}`, `/equipment/${made.equipment}/service`, "/admin/people", `/admin/people/${made.person}`,
    `/admin/people/${made.person}/data`, `/settings/connections/new?protocol=${query}`,
  ];
  for (const path of paths) {
    const answer = await page.goto(address(PROOF, path), { waitUntil: "networkidle" });
    assert.equal(answer.status(), 200, path);
    await assertIsText(page, path);
  }
  await page.goto(address(PROOF, `/connections/${made.connection}`));
  await speak(2);
  await page.locator("#trace tr[data-number]", { hasText: "svg onload" }).first().waitFor();
  await assertIsText(page, "messages as they come");
  await page.goto(address(PROOF, "/"));
  await page.keyboard.press("/");
  await page.keyboard.type("constructor");
  await page.getByRole("option").first().waitFor();
  assert.equal(await page.evaluate(() => window.broken), undefined, "the hits of the search");
  assert.deepEqual(errors, []);
  await send(page, "DELETE", `/api/v1/users/${made.person}`);
  await send(page, "DELETE", `/api/v1/maintenance/${made.work}`);
  await send(page, "DELETE", `/api/v1/fields/${made.field}`);
  await send(page, "DELETE", `/api/v1/equipment/${made.equipment}`);
  await send(page, "DELETE", `/api/v1/types/${made.type}`);
  await send(page, "DELETE", `/api/v1/sites/${made.site}`);
  await close();
});
