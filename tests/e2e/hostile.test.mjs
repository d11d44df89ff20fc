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

/** A site, a type and an equipment whose every text is hostile. */
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
  const equipment = await send(page, "POST", "/api/v1/equipment", {
    key: "hostile-one", name: all, site: site.id, type: type.id, model: all, serial: all, note: all,
  });
  const text = `${all} on a chart`;
  await send(page, "POST", "/api/v1/annotations", { equipment: equipment.id, at: String(Date.now() - 60_000), text });
  const { items } = await send(page, "GET", `/api/v1/points?equipment=${equipment.id}`);
  return { site: site.id, type: type.id, equipment: equipment.id, points: items.map((one) => one.id) };
}

test("hostile texts stay text on every page", async () => {
  const { page, errors, close } = await freshPage(browser);
  await signIn(page, PROOF);
  const made = await plant(page);
  await run("mosquitto_pub", ["-h", "127.0.0.1", "-p", String(demo.mqtt), "-u", "proof/probe", "-P", demo.proofPassword,
    "-q", "1", "-t", `gauges/${PAYLOADS[1].replaceAll("/", "")}`, "-m", '{"level": 1}']);
  const query = encodeURIComponent(PAYLOADS[0]);
  const paths = [
    "/", "/map", "/connections", "/equipment?group=site", "/equipment?view=grid", `/equipment?q=${query}`,
    `/equipment?type=${query}&sort=${query}&view=${query}&group=${query}`, `/search?q=${query}`, "/search?q=constructor",
    `/sites/${made.site}`, `/equipment/${made.equipment}`, `/points/${made.points[0]}`, `/compare?points=${made.points.join(",")}`,
    `/tree?q=constructor`, `/tree/sites/${made.site}`, "/settings/sites", "/settings/types", "/settings/equipment",
    `/settings/sites/${made.site}`, `/settings/types/${made.type}`, `/settings/equipment/${made.equipment}`,
    `/settings/sites?saved=${query}`, "/admin/audit",
  ];
  for (const path of paths) {
    const answer = await page.goto(address(PROOF, path), { waitUntil: "networkidle" });
    assert.equal(answer.status(), 200, path);
    assert.equal(await page.evaluate(() => window.broken), undefined, path);
    assert.equal(await page.locator("img[src=x], svg[onload], a[href^='javascript:']").count(), 0, path);
  }
  await page.goto(address(PROOF, "/"));
  await page.keyboard.press("/");
  await page.keyboard.type("constructor");
  await page.getByRole("option").first().waitFor();
  assert.equal(await page.evaluate(() => window.broken), undefined, "the hits of the search");
  assert.deepEqual(errors, []);
  await send(page, "DELETE", `/api/v1/equipment/${made.equipment}`);
  await send(page, "DELETE", `/api/v1/types/${made.type}`);
  await send(page, "DELETE", `/api/v1/sites/${made.site}`);
  await close();
});
