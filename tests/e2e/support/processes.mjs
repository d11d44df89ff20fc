// Processes a run starts and ends, and conditions it awaits.

import { spawn, execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

export const run = promisify(execFile);

const PAUSE_MS = 50;

/** Probes until there is an answer; throws with `what` when the time is over. */
export async function until(what, probe, deadlineMs = 15_000) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await pause(PAUSE_MS);
  }
}

/** A free port of the loopback. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a program and keeps what it says. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const process = { child, output: "", exit: once(child, "exit") };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => { process.output += text; });
  }
  return process;
}
