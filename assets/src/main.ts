// Everything a page of the portal does in the browser. Without it pages still read and links still lead.

import "htmx.org";
import { startFind } from "./find.ts";
import { startLive } from "./live.ts";
import { startOffline } from "./offline.ts";
import { startPlan } from "./plan.ts";
import { startPulse } from "./pulse.ts";
import { startToasts } from "./toasts.ts";
import { startMaps } from "./maps.ts";
import { startMenus } from "./menus.ts";

for (const plan of document.querySelectorAll<HTMLElement>("[data-plan]")) startPlan(plan);
const charts = document.querySelectorAll<HTMLElement>("[data-charts]");
if (charts.length > 0) void import("./charts.ts").then(({ startCharts }) => charts.forEach(startCharts));
startFind();
startMenus();
startMaps();
startOffline();
startLive();
startPulse();
startToasts();
