// The filter over the tree of sites and equipment.

/** Hides what the typed words do not name; groups open while something is typed. */
export function startTree(tree: HTMLElement): void {
  const input = tree.querySelector<HTMLInputElement>("input[type=search]");
  input?.addEventListener("input", () => filter(tree, normal(input.value)));
}

function filter(tree: HTMLElement, wanted: string): void {
  for (const leaf of tree.querySelectorAll<HTMLElement>("[data-leaf]")) {
    leaf.hidden = wanted !== "" && !normal(leaf.textContent ?? "").includes(wanted);
  }
  for (const group of [...tree.querySelectorAll<HTMLDetailsElement>("details")].reverse()) {
    const named = normal(group.querySelector("summary")?.textContent ?? "").includes(wanted);
    const holds = group.querySelector("[data-leaf]:not([hidden])") !== null;
    group.hidden = wanted !== "" && !named && !holds;
    if (wanted !== "") group.open = holds;
  }
}

/** Without case and accents: "Équipement" is found by "equip". */
const normal = (text: string) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().trim();
