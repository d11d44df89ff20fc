// A running `vigie demo` on free ports and a data folder of its own, with one more client
// whose values only the tests send.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, run, start, until } from "./processes.mjs";

/** Enough for every range a test looks at; thirty would take a debug build a minute. */
const HISTORY_DAYS = "8";
/** On a busy machine. */
const READY_WITHIN_MS = 300_000;
const PASSWORD = "proof of the browser tests";
const STAFF = "staff@platform.example";

/** Starts it; returns what the tests need to know, and how to stop it. */
export async function startDemo(vigie) {
  const folder = await mkdtemp(join(tmpdir(), "vigie-e2e-"));
  const [web, mqtt] = [await freePort(), await freePort()];
  const flags = ["--data-dir", join(folder, "data"), "--listen", `127.0.0.1:${web}`, "--mqtt-listen", `127.0.0.1:${mqtt}`];
  const env = { ...process.env, PROOF_PASSWORD: PASSWORD };
  let staffPassword;
  const demo = start(vigie, [...flags, "demo", "--history-days", HISTORY_DAYS], { env });
  try {
    await until("the demo is ready", () => {
      if (demo.child.exitCode !== null) throw new Error("the demo ended");
      return demo.output.includes("Vigie demo is ready");
    }, READY_WITHIN_MS);
    const { stdout } = await run(vigie, [...flags, "staff", "add", STAFF, "--name", "S. Platform", "--role", "admin"], { env });
    staffPassword = stdout.match(/password (\S+)/)[1];
    await writeFile(join(folder, "proof.toml"), proof(await freePort()));
    await writeFile(join(folder, "spare.toml"), small("spare", "Spare"));
    await writeFile(join(folder, "office.toml"), small("office", "Office"));
    await writeFile(join(folder, "bureau.toml"), small("bureau", "Bureau"));
    const manifests = ["proof.toml", "spare.toml", "office.toml", "bureau.toml"].map((name) => join(folder, name));
    await run(vigie, [...flags, "tenants", "apply", ...manifests], { env });
  } catch (error) {
    demo.child.kill("SIGKILL");
    throw new Error(`${error.message}\n${error.stderr ?? ""}\n${demo.output}`);
  }
  const known = { web, mqtt: mqttPort(demo.output) ?? mqtt, people: people(demo.output), proofPassword: PASSWORD, staff: { email: STAFF, password: staffPassword } };
  const stop = async () => {
    demo.child.kill("SIGINT");
    const [code] = await Promise.race([demo.exit, until("the demo stops", () => false, 20_000)]);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  return { known, stop, log: () => demo.output };
}

/** slug -> { email, password }, read from what the demo prints for people. */
function people(output) {
  const found = {};
  const pattern = /portal\s+http:\/\/([^.]+)\.\S+\s+sign in\s+(\S+)\s+password\s+(\S+)/g;
  for (const [, slug, email, password] of output.matchAll(pattern)) found[slug] = { email, password };
  return found;
}

const mqttPort = (output) => output.match(/mqtt:\/\/[^:]+:(\d+)/)?.[1];

/** A client with one site and one administrator, for what would disturb the tests of another. */
const small = (slug, name) => `
[client]
slug = "${slug}"
name = "${name}"
locale = "en"
time_zone = "UTC"

[[users]]
email = "${slug}@example.org"
name = "${name}"
role = "admin"
password = { env = "PROOF_PASSWORD" }

[[sites]]
key = "yard"
name = "Yard"
`;

/** The client whose values only the tests send; a BACnet device at this port. */
const proof = (bacnetPort) => `
[client]
slug = "proof"
name = "Proof"
locale = "en"
time_zone = "UTC"

[[users]]
email = "proof@example.org"
name = "Proof"
role = "admin"
password = { env = "PROOF_PASSWORD" }

[[devices]]
name = "probe"
password = { env = "PROOF_PASSWORD" }

[[sites]]
key = "yard"
name = "Yard"

[[types]]
key = "gauge"
name = "Gauge"
name_fr = "Jauge"
icon = "i-meter"

[[types.points]]
key = "level"
name = "Level"
name_fr = "Niveau"
kind = "number"
unit = "%"
decimals = 1
period = "5s"

[[equipment]]
key = "fresh"
name = "Fresh gauge"
site = "yard"
type = "gauge"

[[equipment]]
key = "old"
name = "Old gauge"
site = "yard"
type = "gauge"

[[equipment]]
key = "silent"
name = "Silent gauge"
site = "yard"
type = "gauge"

[bacnet]
instance = 260009
name = "Proof yard"
interface = "127.0.0.1"
port = ${bacnetPort}
broadcast = "127.0.0.1"
peers = ["127.0.0.0/8"]

[[bacnet.expose]]
type = "gauge"

[[connections]]
key = "gauges"
name = "Gauges"
protocol = "mqtt-endpoint"

[[connections.routes]]
topic = "gauges/{equipment}"
time = "/ts"
points.level = { at = "/level" }
`;
