// The feed of an open page when the network is not what it should be.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshPage, startBrowser } from "./support/browser.mjs";
import { openGauge, publish } from "./support/portal.mjs";
import { until } from "./support/processes.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** Stands between the page and the server: hears what the page says, and cuts the line on demand. */
async function wiretap(page) {
  const line = { said: [], open: undefined, down: false };
  await page.routeWebSocket(/\/ws$/, (socket) => {
    if (line.down) return void socket.close({ code: 1013 });
    line.open = socket;
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      line.said.push(JSON.parse(message));
      server.send(message);
    });
  });
  line.cut = () => { line.down = true; return line.open.close({ code: 1013 }); };
  line.mend = () => { line.down = false; };
  return line;
}

const shows = (value, level) => async () => (await value.innerText()).includes(String(level));

test("a page that loses the feed says so, comes back by itself and has missed nothing", async () => {
  const { page, close } = await freshPage(browser);
  const line = await wiretap(page);
  await publish("fresh", 21.5);
  const value = await openGauge(page, "Fresh gauge");
  const status = page.locator("[data-feed]");
  await until("the feed is live", async () => (await status.getAttribute("data-feed")) === "live");
  await publish("fresh", 22.5);
  await until("the page shows 22.5", shows(value, 22.5));

  await line.cut();
  await until("the feed is offline", async () => (await status.getAttribute("data-feed")) === "offline");
  assert.match(await status.innerText(), /Offline since \d\d:\d\d/);
  await publish("fresh", 33.5);

  line.mend();
  await until("the page shows 33.5", shows(value, 33.5), 40_000);
  await until("the feed is live again", async () => (await status.getAttribute("data-feed")) === "live");
  const { points, seen } = line.said.at(-1).resume;
  assert.ok(points.some((point) => seen[point] > 0), "it told what it had seen");
  await close();
});

test("an older value that comes late does not replace the one on the page", async () => {
  const { page, close } = await freshPage(browser);
  await publish("fresh", 61.5);
  const value = await openGauge(page, "Fresh gauge");
  await publish("fresh", 62.5);
  await until("the page shows 62.5", shows(value, 62.5));
  await publish("fresh", 1.5, Date.now() - 60_000);
  await publish("fresh", 63.5);
  await until("the page shows 63.5", shows(value, 63.5));
  assert.ok(!(await value.innerText()).includes("1.5"));
  await close();
});
