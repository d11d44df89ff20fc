// The search box of the top bar: "/" or Ctrl-K goes there, hits appear as one types, arrows choose.
// Without script the box is a form that leads to the page of the search.

const PAUSE_MS = 80;

export function startFind(): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-find]")) new Finder(box);
  document.addEventListener("keydown", (event) => {
    const box = document.querySelector<HTMLInputElement>("[data-find]");
    if (!box || !isShortcut(event)) return;
    event.preventDefault();
    if (box.checkVisibility()) return box.select();
    location.assign("/search");
  });
}

function isShortcut(event: KeyboardEvent): boolean {
  if (event.key.toLowerCase() === "k") return event.ctrlKey || event.metaKey;
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  return event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** A combobox over a list of links (WAI-ARIA APG, list autocomplete with manual selection). */
class Finder {
  private readonly list: HTMLElement;
  private asking: AbortController | undefined;
  private pause: number | undefined;
  private at = -1;

  constructor(private readonly box: HTMLInputElement) {
    this.list = document.getElementById(box.getAttribute("aria-controls") ?? "") ?? document.createElement("div");
    box.addEventListener("input", () => this.typed());
    box.addEventListener("focus", () => this.show(this.list.childElementCount > 0));
    box.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("pointerdown", (event) => !this.owns(event.target) && this.show(false));
    box.addEventListener("blur", (event) => !this.owns(event.relatedTarget) && this.show(false));
  }

  private owns(target: EventTarget | null): boolean {
    return target instanceof Node && (this.list.contains(target) || target === this.box);
  }

  private typed(): void {
    clearTimeout(this.pause);
    this.pause = window.setTimeout(() => this.ask(this.box.value.trim()), PAUSE_MS);
  }

  /** The answer to what was typed last wins; an earlier one is given up. */
  private async ask(q: string): Promise<void> {
    this.asking?.abort();
    if (q === "") return this.fill("");
    this.asking = new AbortController();
    const query = new URLSearchParams({ q, only: this.box.dataset["only"] ?? "", points: this.box.dataset["points"] ?? "" });
    try {
      const answer = await fetch(`/search/hits?${query}`, { signal: this.asking.signal });
      if (answer.redirected) return location.reload();
      if (answer.ok) this.fill(await answer.text());
    } catch (error) {
      if (!(error instanceof DOMException)) console.warn(error);
    }
  }

  private fill(html: string): void {
    this.list.innerHTML = html;
    this.choose(-1);
    this.show(html.trim() !== "");
  }

  private show(open: boolean): void {
    this.list.hidden = !open;
    this.box.setAttribute("aria-expanded", String(open));
    if (!open) this.choose(-1);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault(); // a search field empties itself on Escape
      event.stopPropagation();
      return this.show(false);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.at + step);
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.options()[this.at]?.click();
    }
  }

  private options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("a[role=option]")];
  }

  private choose(at: number): void {
    const options = this.options();
    this.at = options.length === 0 || at < -1 ? -1 : at >= options.length ? 0 : at;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const chosen = options[this.at];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.box.setAttribute("aria-activedescendant", chosen.id);
    else this.box.removeAttribute("aria-activedescendant");
  }
}
