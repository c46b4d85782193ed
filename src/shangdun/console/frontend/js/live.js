// Live fragments: `<div hx-get="…" hx-trigger="refresh" data-every="5">`.
// Asks with the last ETag, so an unchanged fragment costs the server a 304 and the page nothing;
// rests while the tab is hidden; slows down when the server is away and says so.
const SLOWEST = 60;
const plans = new WeakMap();

function plan(part) {
  if (!plans.has(part)) plans.set(part, { failures: 0, due: Date.now() + part.dataset.every * 1000, tag: part.dataset.tag });
  return plans.get(part);
}

function busy(part) {
  // Never pull a list from under somebody who is moving in it or choosing text.
  const selection = document.getSelection();
  return part.contains(document.activeElement) && document.activeElement !== document.body
    || (selection && !selection.isCollapsed && part.contains(selection.anchorNode));
}

function beat() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-every]")) {
    const now = plan(part);
    if (Date.now() < now.due || busy(part)) continue;
    now.due = Date.now() + Math.min(SLOWEST, part.dataset.every * 2 ** now.failures) * 1000;
    htmx.trigger(part, "refresh");
  }
}

function connection(lost) {
  const sign = document.querySelector("[data-connection]");
  if (sign) sign.hidden = !lost;
  document.body.toggleAttribute("data-offline", lost);
}

document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (!sourceElement?.dataset?.every) return;
  const { tag } = plan(sourceElement);
  if (tag) request.headers["If-None-Match"] = tag;
});

document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (!sourceElement?.dataset?.every || !response) return;
  const now = plan(sourceElement);
  const status = response.status ?? response.raw?.status;
  // A session that ended answers with the login page: show that page, not a piece of it.
  if (response.raw?.redirected || status === 403) { location.reload(); return; }
  now.failures = status >= 500 ? now.failures + 1 : 0;
  if (status === 200) now.tag = response.headers.get("ETag");
  connection(now.failures > 1);
});

// Only a good answer replaces what is shown.
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement?.dataset?.every && (response.status ?? response.raw?.status) !== 200) event.preventDefault();
});

document.addEventListener("htmx:error", (event) => {
  const part = event.detail.ctx?.sourceElement;
  if (!part?.dataset?.every) return;
  plan(part).failures += 1;
  connection(plan(part).failures > 1);
});

document.addEventListener("visibilitychange", beat);
setInterval(beat, 1000);
