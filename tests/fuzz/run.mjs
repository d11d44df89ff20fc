// Holds the API to its document with Schemathesis: nothing it does not say, no 5xx, whatever is asked,
// by whoever may do everything and by nobody. Usage: node run.mjs SCHEMATHESIS LOG

import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemo } from "../e2e/support/demo.mjs";
import { until } from "../e2e/support/processes.mjs";

const [schemathesis, report] = process.argv.slice(2);
const log = openSync(report, "w");
const folder = await mkdtemp(join(tmpdir(), "vigie-fuzz-"));
const settings = join(folder, "vigie.toml");
await writeFile(settings, generousLimits());
process.env.VIGIE_CONFIG = settings;
const demo = await startDemo(process.env.VIGIE_BIN);
const base = `http://127.0.0.1:${demo.known.web}`;
const host = `proof.localhost:${demo.known.web}`;

const ends = [];
try {
  ends.push(["an administrator's key", await fuzz(["--header", `Authorization: Bearer ${await makeKey()}`])]);
  ends.push(["nobody", await fuzz(["--phases", "examples,coverage"])]);
} finally {
  ends.push(["the demo", await demo.stop()]);
  await rm(folder, { recursive: true, force: true });
}
for (const [who, code] of ends.filter(([, code]) => code !== 0)) console.error(`${who}: ended with ${code}`);
process.exit(ends.some(([, code]) => code !== 0) ? 1 : 0);

/** Runs Schemathesis once; its exit status. */
async function fuzz(flags) {
  const config = new URL("schemathesis.toml", import.meta.url).pathname;
  const asked = ["--config-file", config, "run", `${base}/api/v1/openapi.json`, "--header", `Host: ${host}`, ...flags];
  const child = spawn(schemathesis, asked, { stdio: ["ignore", log, log], cwd: folder });
  const [code] = await once(child, "exit");
  return code;
}

/** A key that may do everything, made by the administrator of the client. */
async function makeKey() {
  const grant = { grant_type: "password", email: "proof@example.org", password: demo.known.proofPassword };
  let signedIn;
  // A client that was just made is served within seconds.
  await until("the client is served", async () => {
    signedIn = await post("/auth/token", grant, {});
    return signedIn.status === 200;
  }, 30_000);
  const wish = { name: "fuzz", scopes: ["read", "write", "configure", "manage"] };
  const made = await post("/api-keys", wish, { Authorization: `Bearer ${signedIn.body.access_token}` });
  if (made.status !== 201) throw new Error(`no key: ${JSON.stringify(made)}`);
  return made.body.secret;
}

async function post(path, body, headers) {
  const url = new URL(`${base}/api/v1${path}`);
  const asked = request(url, { method: "POST", headers: { Host: host, "Content-Type": "application/json", ...headers } });
  asked.end(JSON.stringify(body));
  const [answer] = await once(asked, "response");
  let text = "";
  for await (const part of answer) text += part;
  return { status: answer.statusCode, body: JSON.parse(text) };
}

/** Nothing is learnt from being told to come back later. */
function generousLimits() {
  const names = ["of_an_address", "of_a_caller", "of_a_client", "of_samples"];
  return `[web.limits]\n${names.map((name) => `${name} = 100000`).join("\n")}\n`;
}
