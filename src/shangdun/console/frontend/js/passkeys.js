// Passkeys: the browser's WebAuthn calls behind the account's forms. The server writes the options
// as JSON beside the form; the answer goes back in its hidden `credential` field.
const form = document.querySelector("form[data-passkey]");

async function answer(options) {
  if (form.dataset.passkey === "create") {
    // A passkey signs in by itself: it knows its person and checks that it is her.
    options.publicKey.authenticatorSelection = {
      ...options.publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey);
  return navigator.credentials.get({ publicKey });
}

async function ask(event) {
  if (form.elements.credential.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const problem = form.querySelector("[data-problem]");
  problem.hidden = true;
  try {
    const source = form.dataset.options
      ? await (await fetch(form.dataset.options, { headers: { Accept: "application/json" } })).json()
      : JSON.parse(document.getElementById("passkey-options").textContent);
    const credential = await answer(source.request_options ?? source.creation_options ?? source);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.requestSubmit();
  } catch {
    problem.hidden = false;
  }
}

if (form) {
  if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) form.addEventListener("submit", ask, { capture: true });
  else form.querySelector("[data-unsupported]").hidden = false;
}
