// A toast says what was done for ten seconds; it stays while somebody points at it or is in it.

const SHOWN_MS = 10_000;

export function startToasts(): void {
  for (const toast of document.querySelectorAll<HTMLElement>("[data-toast]")) expire(toast);
}

function expire(toast: HTMLElement): void {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) expire(toast);
    else toast.remove();
  }, SHOWN_MS);
}
