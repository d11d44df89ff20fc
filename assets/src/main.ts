// Everything a page of the portal does in the browser. Without it pages still read and links still lead.

import "htmx.org";
import { startCharts } from "./charts.ts";
import { startFind } from "./find.ts";
import { startLive } from "./live.ts";
import { startPlan } from "./plan.ts";
import { startPulse } from "./pulse.ts";
import { startTree } from "./tree.ts";

for (const tree of document.querySelectorAll<HTMLElement>("[data-tree]")) startTree(tree);
for (const plan of document.querySelectorAll<HTMLElement>("[data-plan]")) startPlan(plan);
for (const charts of document.querySelectorAll<HTMLElement>("[data-charts]")) startCharts(charts);
startFind();
startLive();
startPulse();
