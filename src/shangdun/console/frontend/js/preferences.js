// The theme changes at once; the form that carries it is sent in the background.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const theme = event.submitter?.value ?? form.elements.theme.value;
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme === "dark" ? "ink" : "jade";
  const body = new FormData(form);
  body.set("theme", theme);
  document.dispatchEvent(new CustomEvent("shangdun:theme"));
  delete form.dataset.sent;
  await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
});
