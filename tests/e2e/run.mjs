// Starts the demo once, runs the browser tests against it, stops it, and says whether all of it went well.
// Usage: node run.mjs REPORT.tap [NAME]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { startDemo } from "./support/demo.mjs";

const [report, name] = process.argv.slice(2);
const folder = new URL(".", import.meta.url).pathname;
const specs = readdirSync(folder).filter((file) => file.endsWith(".test.mjs")).map((file) => folder + file);
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

const started = Date.now();
const demo = await startDemo(process.env.VIGIE_BIN);
console.log(`the demo was ready after ${Math.round((Date.now() - started) / 1000)} s`);

const tests = spawn(process.execPath, [
  "--test",
  "--test-reporter=spec", "--test-reporter-destination=stdout",
  "--test-reporter=tap", `--test-reporter-destination=${report}`,
  ...(name ? [`--test-name-pattern=${literally(name)}`] : []),
  ...specs,
], { stdio: "inherit", env: { ...process.env, VIGIE_E2E: JSON.stringify(demo.known) } });
const [failed] = await once(tests, "exit");
const stopped = await demo.stop();
if (failed !== 0 || stopped !== 0) {
  console.error(`--- the demo ended with ${stopped}; the end of its log:\n${demo.log().split("\n").slice(-40).join("\n")}`);
  process.exit(1);
}
