// Forms that need a passkey: the browser asks the authenticator between the click and the form.

/** Lets every form with `data-passkey` ask the authenticator first; shows those that need it. */
export function startPasskeys(): void {
  const forms = document.querySelectorAll<HTMLFormElement>("form[data-passkey]");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (answerOf(form).value) return;
      event.preventDefault();
      void ask(form);
    });
  }
}

const answerOf = (form: HTMLFormElement) => form.elements.namedItem("credential") as HTMLInputElement;

/** Fetches what to ask for, asks, and sends the form with the answer. */
async function ask(form: HTMLFormElement): Promise<void> {
  const fault = form.querySelector<HTMLElement>("[data-passkey-fault]");
  if (fault) fault.hidden = true;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.set(name, value);
  const begun = await fetch(form.dataset.start ?? "", { method: "POST", body: fields });
  // What is wrong with the form is said by the server, which gets it without an answer.
  if (!begun.ok) return form.submit();
  try {
    answerOf(form).value = JSON.stringify(await credential(form.dataset.passkey, await begun.json()));
    form.submit();
  } catch {
    if (fault) fault.hidden = false;
  }
}

/** What the authenticator answers; throws when the person or the authenticator does not want to. */
async function credential(kind: string | undefined, options: { publicKey?: object }): Promise<unknown> {
  // Options come bare or below `publicKey`, as the two halves of the specification write them.
  const asked = options.publicKey ?? options;
  const answer = kind === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked as PublicKeyCredentialCreationOptionsJSON) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked as PublicKeyCredentialRequestOptionsJSON) });
  return (answer as PublicKeyCredential).toJSON();
}
