// A dashboard: tiles in their places, and a screen on a wall that stays awake and up to date.

const LOOK_AGAIN_MS = 60_000;

/** Puts tiles where they were arranged; the style sheet heeds it where there is room. */
export function startDashboard(grid: HTMLElement): void {
  for (const tile of grid.querySelectorAll<HTMLElement>(".tile")) place(tile, tile.dataset);
}

export function place(tile: HTMLElement, at: { [name: string]: unknown }): void {
  for (const name of ["x", "y", "w", "h"]) tile.style.setProperty(`--${name}`, String(at[name]));
}

/** Keeps the screen on, and loads the page anew when somebody arranged it otherwise. */
export function startKiosk(kiosk: HTMLElement): void {
  void stayAwake();
  document.addEventListener("visibilitychange", () => document.hidden || stayAwake());
  // Whoever only holds a link has no API: the feed tells them when it ends.
  if (!kiosk.dataset["kiosk"]) return;
  const address = `/api/v1/dashboards/${kiosk.dataset["kiosk"]}`;
  const version = `"${kiosk.dataset["version"]}"`;
  setInterval(() => void lookAgain(address, version), LOOK_AGAIN_MS);
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // A screen that may sleep is still right when it wakes.
  }
}

async function lookAgain(address: string, version: string): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { "If-None-Match": version } });
    // Signed out, or another arrangement: the page itself knows what to say.
    if (answer.status === 200 || answer.status === 401 || answer.status === 404) location.reload();
  } catch {
    // Offline: the feed says so, and the next look will find out.
  }
}
