// Menus (<details class="menu">): one at a time, closed by a press elsewhere and by Escape.

export function startMenus(): void {
  document.addEventListener("pointerdown", (event) => closeAll((menu) => !keepsOpen(menu, event.target as Node)));
  document.addEventListener("toggle", (event) => event.target instanceof HTMLDetailsElement && opened(event.target), true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const inside = (document.activeElement as HTMLElement | null)?.closest<HTMLDetailsElement>("details.menu[open]");
    closeAll(() => true);
    inside?.querySelector("summary")?.focus();
  });
}

/** A press inside it; for the form of a note also a press on the charts it belongs to. */
function keepsOpen(menu: HTMLDetailsElement, target: Node): boolean {
  return menu.contains(target) || (menu.matches("[data-note-form]") && menu.closest("[data-charts]")?.contains(target) === true);
}

function opened(menu: HTMLDetailsElement): void {
  if (menu.open && menu.matches(".menu")) closeAll((other) => other !== menu && !other.contains(menu));
}

function closeAll(which: (menu: HTMLDetailsElement) => boolean): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) if (which(menu)) menu.open = false;
}
