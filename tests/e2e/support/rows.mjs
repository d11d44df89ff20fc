// The GET rows of the portal's table of permissions, and the pages nobody looks at alone.

import { readFileSync } from "node:fs";

const TABLE = new URL("../../../src/web/permissions/portal.rs", import.meta.url);

/** Why a row has no look of its own. */
export const NOT_A_PAGE = {
  "/health/live": "for machines", "/health/ready": "for machines", "/metrics": "for machines",
  "/assets/{name}": "a file", "/brand.css": "a file", "/brand/logo": "a file", "/favicon.svg": "a file", "/favicon.ico": "a file",
  "/manifest.webmanifest": "a file", "/worker.js": "a file", "/maintenance/{id}/files/{file}": "a file",
  "/me/data.json": "a file", "/admin/people/{id}/data.json": "a file", "/admin/audit.csv": "a file", "/admin/audit.jsonl": "a file",
  "/ws": "a socket",
  "/notes": "a part of a page with charts", "/search/hits": "a part of every page", "/tree": "a part of every page",
  "/tree/sites/{id}": "a part of every page", "/connections/{id}/trace": "a part of the page of a connection",
  "/equipment/{id}/commands": "a part of the page of an equipment, looked at in commands.test.mjs",
  "/settings": "leads to a list", "/shared/{token}": "leads to the dashboard of the link",
  "/sign-in/with/{key}": "leads away", "/sign-in/back": "leads on",
  "/sign-in/new-password": "a step of a sign-in", "/sign-in/second-factor": "a step of a sign-in", "/sign-in/enrol": "a step of a sign-in",
  "/sign-in/register": "not found unless the client allows it",
  "/sign-in/welcome": "needs a link of a mail; one that ended looks as that of /sign-in/reset",
  "/sign-in/verify": "needs a link of a mail; one that ended looks as that of /sign-in/reset",
  "/support/{token}": "looked at in support-visit.test.mjs",
  "/docs": "drawn by the reader of the document, tried in docs.test.mjs",
  "/settings/keys/{id}": "the page of a device in other words",
};

/** Paths such as `/sites/{id}`. */
export function rows() {
  const text = readFileSync(TABLE, "utf8");
  return [...text.matchAll(/\b(?:open|own|page|people|rule)\(\s*"GET",\s*"([^"]+)"/g)].map(([, path]) => path);
}

/** Whether `path` is one of a row; words stand before ids, as the router has it. */
export function isOf(row, path, all = rows()) {
  const [plain] = path.split("?");
  const pattern = (one) => new RegExp(`^${one.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`);
  return pattern(row).test(plain) && (row === plain || !all.includes(plain));
}
