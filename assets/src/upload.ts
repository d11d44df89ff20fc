// Adds a file: sent as it is, the server says what it is by its bytes.

import { word } from "./words.ts";

export function startUpload(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (file) void send(form, file);
  });
}

async function send(form: HTMLFormElement, file: File): Promise<void> {
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  try {
    const address = `${form.dataset["upload"]}?name=${encodeURIComponent(file.name)}`;
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
    if (answer.ok) return location.reload();
    tell(form, form.dataset["failed"] ?? "");
  } catch {
    tell(form, form.dataset["failed"] ?? word("chart-failed"));
  }
  if (button) button.disabled = false;
}

function tell(form: HTMLFormElement, text: string): void {
  const place = form.querySelector("[data-upload-trouble]");
  if (place) place.textContent = text;
}
