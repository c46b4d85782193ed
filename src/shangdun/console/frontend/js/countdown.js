// `<strong data-countdown="2026-03-04T13:00:00+00:00">` counts to the second within a day of its end;
// further off, and without scripts, the server's words stand.
const zh = (document.documentElement.lang || "en").startsWith("zh");
const pad = (number) => String(number).padStart(2, "0");
const DAY = 86400;

export function refreshCountdowns(root = document) {
  for (const part of root.querySelectorAll("[data-countdown]")) {
    const seconds = Math.floor((new Date(part.dataset.countdown) - Date.now()) / 1000);
    const rest = Math.abs(seconds);
    if (rest >= DAY) continue;
    const text = `${pad(Math.floor(rest / 3600))}:${pad(Math.floor((rest % 3600) / 60))}:${pad(rest % 60)}`;
    part.textContent = seconds < 0 ? (zh ? `已超 ${text}` : `${text} over`) : text;
  }
}

refreshCountdowns();
setInterval(() => { if (!document.hidden) refreshCountdowns(); }, 1000);
document.addEventListener("htmx:after:swap", () => refreshCountdowns());
