// The service worker: keeps the front end and the last pages somebody looked at, and shows them when
// there is no network, marked as what they are. It never answers from memory while the server does.

import { isKept, marked, STORED_AT, storedAt } from "./worker-pages.ts";

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker {
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const FRONT = "front-1";
const PAGES = "pages-1";
const OFFLINE = "/offline";
/** The look of the client: `/brand.css`, `/brand/logo`. */
const BRAND = "/brand";
const MOST_PAGES = 40;
const MOST_FILES = 60;

const worker = self as unknown as Worker;

worker.addEventListener("install", (event) => event.waitUntil(prepare()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (pathname.startsWith("/assets/") || pathname.startsWith(BRAND)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

async function prepare(): Promise<void> {
  const front = await caches.open(FRONT);
  await front.add(new Request(OFFLINE, { cache: "reload" }));
  await worker.skipWaiting();
}

/** Names carry the hash of their content; the colours and the picture of the client are asked for first. */
async function file(request: Request): Promise<Response> {
  const front = await caches.open(FRONT);
  const known = await front.match(request);
  if (known && !new URL(request.url).pathname.startsWith(BRAND)) return known;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) {
      await front.put(request, fresh.clone());
      await trim(front, MOST_FILES);
    }
    return fresh;
  } catch (error) {
    if (known) return known;
    throw error;
  }
}

async function page(event: Fetching): Promise<Response> {
  try {
    const fresh = await fetch(event.request);
    event.waitUntil(remember(event.request, fresh.clone()));
    return fresh;
  } catch {
    return last(event.request);
  }
}

/** Keeps a page of somebody who is signed in; forgets all of them when nobody is. */
async function remember(request: Request, fresh: Response): Promise<void> {
  if (fresh.type === "opaqueredirect") return;
  if (new URL(fresh.url).pathname.startsWith("/sign-in")) return void (await caches.delete(PAGES));
  if (!isKept(fresh)) return;
  const headers = new Headers(fresh.headers);
  headers.set(STORED_AT, String(Date.now()));
  const pages = await caches.open(PAGES);
  await pages.put(request.url, new Response(await fresh.blob(), { headers }));
  await trim(pages, MOST_PAGES);
}

async function last(request: Request): Promise<Response> {
  const known = await (await caches.open(PAGES)).match(request.url);
  if (known) return marked(known, storedAt(known));
  const offline = await (await caches.open(FRONT)).match(OFFLINE);
  return offline ?? Response.error();
}

/** The oldest go first: a cache gives its keys in the order they came. */
async function trim(cache: Cache, most: number): Promise<void> {
  const keys = await cache.keys();
  const surplus = keys.filter((key) => new URL(key.url).pathname !== OFFLINE).slice(0, Math.max(0, keys.length - most));
  await Promise.all(surplus.map((key) => cache.delete(key)));
}
