// "/" goes to the search box of the page.

export function startFind(): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.querySelector<HTMLInputElement>("[data-find]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
