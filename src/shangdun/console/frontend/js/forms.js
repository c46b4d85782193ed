// A form is sent once (one that `data-downloads` leaves the page as it is), Ctrl+Enter sends it, a select with `data-submits` sends its form at once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" || form.method === "dialog" || "downloads" in form.dataset) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

// The page comes back from the browser's memory: its forms may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) event.target.form?.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies).textContent;
  await navigator.clipboard.writeText(text);
  const label = button.querySelector("[data-copied]");
  if (label) { label.textContent = label.dataset.copied; }
});

// A part of the form that belongs to one choice is shown with it.
function showParts(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, ...values] = part.dataset.when.split(" ");
    const control = form.elements[name];
    const chosen = control?.value ?? "";
    part.hidden = !values.includes(chosen);
    for (const field of part.querySelectorAll("input, textarea, select")) field.disabled = part.hidden;
  }
}
for (const form of document.querySelectorAll("form:has([data-when])")) {
  showParts(form);
  form.addEventListener("change", () => showParts(form));
}
