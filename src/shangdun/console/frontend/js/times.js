// `<time data-relative datetime="…">` stays true while the page is open; the exact time is its title.
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto", style: "short" });

function relative(moment) {
  let amount = (moment - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.trunc(amount), unit);
    amount /= size;
  }
}

export function refreshTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

refreshTimes();
setInterval(() => { if (!document.hidden) refreshTimes(); }, 10000);
document.addEventListener("htmx:after:swap", () => refreshTimes());
