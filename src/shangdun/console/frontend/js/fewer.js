// Long lists on a phone: `data-fewer="8" data-more="Show all"` shows the first ones and a button;
// `data-heads` folds rows under their heads. On a desk, and without this module, all is there.
const phone = matchMedia("(max-width: 48rem)").matches;

function shorten(list) {
  const all = [...(list.tBodies?.[0] ?? list).children];
  const rest = all.slice(Number(list.dataset.fewer));
  if (rest.length < 3) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "btn quiet more-of-it";
  more.textContent = `${list.dataset.more} (${all.length})`;
  more.addEventListener("click", () => {
    for (const one of rest) one.hidden = false;
    more.remove();
    rest[0].querySelector("a, button")?.focus();
  });
  for (const one of rest) one.hidden = true;
  list.after(more);
}

function foldUnder(table) {
  let under = null; // the rows of the head above; a list that begins in between shows them
  for (const row of table.tBodies[0].rows) {
    const button = row.querySelector("[data-under]");
    if (!button) {
      under?.push(row);
      row.hidden = under !== null;
      continue;
    }
    const mine = (under = []);
    button.hidden = false;
    button.addEventListener("click", () => {
      const opens = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(opens));
      for (const one of mine) one.hidden = !opens;
    });
  }
}

if (phone) {
  for (const list of document.querySelectorAll("[data-fewer]")) shorten(list);
  for (const table of document.querySelectorAll("table[data-heads]")) foldUnder(table);
}
