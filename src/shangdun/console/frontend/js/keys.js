// The keyboard: go to a page, move in a list, act on what is shown. Single letters can be switched
// off in the help (WCAG 2.2, 2.1.4).
const PATIENCE = 1200;
let awaiting = 0;

const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog[open] form");
const seen = (element) => element.checkVisibility();
const enabled = () => localStorage.getItem("shangdun.keys") !== "off";

function items() {
  return [...document.querySelectorAll("[data-list] .open")].filter(seen);
}

function move(by) {
  const all = items();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by));
  all[next].focus();
  all[next].closest("tr, li")?.scrollIntoView({ block: "nearest" });
}

function act(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen);
  if (!element) return false;
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); } else element.click();
  return true;
}

function go(key) {
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

function plain(event) {
  const { key } = event;
  if (Date.now() - awaiting < PATIENCE) { awaiting = 0; go(key); return true; }
  if (key === "g") { awaiting = Date.now(); return true; }
  if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
  if (key === "?") { document.getElementById("help")?.showModal(); return true; }
  return act(key);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || !enabled()) return;
  if (plain(event)) event.preventDefault();
});

const toggle = document.getElementById("keys-toggle");
if (toggle) {
  toggle.checked = enabled();
  toggle.addEventListener("change", () => localStorage.setItem("shangdun.keys", toggle.checked ? "on" : "off"));
}
