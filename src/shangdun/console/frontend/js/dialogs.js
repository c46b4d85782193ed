// Buttons with `data-opens="id"` show a dialog, `data-closes` closes the one they are in; a click
// beside a dialog closes it. `data-show` on a dialog opens it with the page (a form with errors).
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    event.preventDefault();
    dialog.showModal();
    const choice = opener.dataset.value && dialog.querySelector(`[value="${CSS.escape(opener.dataset.value)}"]`);
    if (choice) choice.checked = true;
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog, .notice")?.[closer.closest("dialog") ? "close" : "remove"]();
  if (event.target.matches("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

for (const dialog of document.querySelectorAll("dialog[data-show]")) dialog.showModal();
