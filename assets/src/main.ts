// Everything a page of the portal does in the browser. Without it pages still read and links still lead.

import "htmx.org";
import { startDashboard, startKiosk } from "./dashboard.ts";
import { startFind } from "./find.ts";
import { startLive } from "./live.ts";
import { startOffline } from "./offline.ts";
import { startPasskeys } from "./passkeys.ts";
import { startPlan } from "./plan.ts";
import { startPulse } from "./pulse.ts";
import { startToasts } from "./toasts.ts";
import { startMaps } from "./maps.ts";
import { startTrace } from "./trace.ts";
import { startUpload } from "./upload.ts";
import { startMenus } from "./menus.ts";

for (const plan of document.querySelectorAll<HTMLElement>("[data-plan]")) startPlan(plan);
for (const grid of document.querySelectorAll<HTMLElement>("[data-dashboard]")) startDashboard(grid);
for (const kiosk of document.querySelectorAll<HTMLElement>("[data-kiosk]")) startKiosk(kiosk);
const charts = document.querySelectorAll<HTMLElement>("[data-charts]");
if (charts.length > 0) void import("./charts.ts").then(({ startCharts }) => charts.forEach(startCharts));
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) startUpload(form);
for (const trace of document.querySelectorAll<HTMLElement>("[data-trace]")) startTrace(trace);
const desks = document.querySelectorAll<HTMLElement>("[data-desk]");
if (desks.length > 0) void import("./dashboard-desk.ts").then(({ Desk }) => desks.forEach((desk) => new Desk(desk)));
for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ inline: "center", block: "nearest" });
startFind();
startMenus();
startMaps();
startOffline();
startLive();
startPasskeys();
startPulse();
startToasts();
