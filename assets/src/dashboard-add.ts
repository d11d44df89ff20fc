// The form that adds a tile to a dashboard: its kind, then the points or the words it needs.

import type { Desk } from "./dashboard-desk.ts";

/** Columns and rows a new tile of each kind takes. */
const SIZES: Record<string, [number, number]> = {
  value: [3, 2], range: [3, 2], chart: [6, 4], states: [6, 2], table: [4, 4], map: [3, 2], text: [4, 2],
};

interface Point {
  id: number;
  name: string;
}

export function startAdding(root: HTMLElement, desk: Desk): void {
  const form = root.querySelector<HTMLFormElement>("[data-add]");
  if (!form) return;
  const kind = field<HTMLSelectElement>(form, "kind");
  const equipment = field<HTMLSelectElement>(form, "equipment");
  const most = () => Number(kind.selectedOptions[0]?.dataset["points"] ?? 0);
  const fit = () => {
    for (const part of form.querySelectorAll<HTMLElement>("[data-for-points]")) part.hidden = most() === 0;
    for (const part of form.querySelectorAll<HTMLElement>("[data-for-text]")) part.hidden = kind.value !== "text";
  };
  kind.addEventListener("change", fit);
  equipment.addEventListener("change", () => void offer(form, equipment, desk));
  if (equipment.value) void offer(form, equipment, desk); // chosen before this script was there
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(form, kind.value, most(), desk);
  });
  fit();
}

/** Points of the chosen equipment, beside those that are ticked. */
async function offer(form: HTMLFormElement, equipment: HTMLSelectElement, desk: Desk): Promise<void> {
  const list = form.querySelector<HTMLElement>("fieldset[data-points]");
  for (const label of list?.querySelectorAll("label") ?? []) if (!label.querySelector("input")?.checked) label.remove();
  if (!equipment.value) return;
  try {
    const answer = await fetch(`/api/v1/equipment/${equipment.value}`);
    const { points = [] } = (await answer.json()) as { points?: Point[] };
    const owner = equipment.selectedOptions[0]?.textContent ?? "";
    for (const point of points) {
      if (list?.querySelector(`[value="${point.id}"]`)) continue;
      desk.names[point.id] = `${owner} · ${point.name}`;
      list?.append(tick(point.id, desk.names[point.id] ?? ""));
    }
  } catch {
    desk.trouble(desk.phrase("dashboard-failed"));
  }
}

function tick(id: number, name: string): HTMLElement {
  const label = document.createElement("label");
  label.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "point", value: String(id) }), ` ${name}`);
  return label;
}

function add(form: HTMLFormElement, kind: string, most: number, desk: Desk): void {
  const points = most === 0 ? [] : [...form.querySelectorAll<HTMLInputElement>("input[name=point]:checked")].map((one) => Number(one.value));
  const text = kind === "text" ? field<HTMLTextAreaElement>(form, "text").value.trim() : "";
  const trouble = troubleOf(kind, points.length, most, text);
  desk.trouble(trouble ? desk.phrase(trouble) : "");
  if (trouble) return;
  const title = field<HTMLInputElement>(form, "title").value.trim();
  const [w, h] = SIZES[kind] ?? [3, 2];
  if (!desk.add({ kind, title, points, text }, w, h)) return desk.trouble(desk.phrase("dashboard-full"));
  for (const box of form.querySelectorAll<HTMLInputElement>("input[name=point]:checked")) box.checked = false;
  field<HTMLInputElement>(form, "title").value = "";
}

function troubleOf(kind: string, points: number, most: number, text: string): string | undefined {
  if (most > 0 && points === 0) return "dashboard-no-point";
  if (points > most) return "dashboard-too-many";
  return kind === "text" && text === "" ? "dashboard-no-text" : undefined;
}

function field<T extends HTMLElement>(form: HTMLFormElement, name: string): T {
  return form.querySelector<T>(`[name=${name}]`) ?? (form as unknown as T);
}
