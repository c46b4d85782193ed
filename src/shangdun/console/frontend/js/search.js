// The search page: names of fields are completed while one types, a bar of the histogram is a way
// into its time. Everything works without it.
const box = document.querySelector("[data-completes]");
const list = document.getElementById("completions");
let known = [];
let chosen = -1;

async function load() {
  const answer = await fetch(box.dataset.completes);
  if (answer.ok) known = (await answer.json()).fields;
}

// The word under the cursor, if it may still become the name of a field.
function word() {
  const before = box.value.slice(0, box.selectionStart);
  if ((before.match(/"/g) ?? []).length % 2) return null;
  const found = before.match(/(?:^|[\s(!-])([A-Za-z_][\w.]*)$/);
  return found ? found[1] : null;
}

function matches(part) {
  const low = part.toLowerCase();
  const rank = ({ name, column }) => (name.startsWith(low) ? 0 : column.startsWith(low) ? 1 : column.includes(low) ? 2 : 3);
  return known.map((field) => [rank(field), field]).filter(([n]) => n < 3).sort((a, b) => a[0] - b[0]).slice(0, 8).map(([, field]) => field);
}

function close() {
  list.hidden = true;
  chosen = -1;
  box.removeAttribute("aria-activedescendant");
}

function show() {
  const part = word();
  const found = part ? matches(part) : [];
  if (!found.length) return close();
  list.replaceChildren(...found.map((field, place) => {
    const item = document.createElement("li");
    item.id = `completion-${place}`;
    item.role = "option";
    item.dataset.name = field.name;
    const name = document.createElement("code");
    name.textContent = field.name;
    const about = document.createElement("span");
    about.textContent = field.name === field.column ? field.about : field.column;
    item.append(name, about);
    return item;
  }));
  list.hidden = false;
  chosen = -1;
}

function point(to) {
  const items = [...list.children];
  chosen = (to + items.length) % items.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
  box.setAttribute("aria-activedescendant", items[chosen].id);
}

function take(item) {
  const part = word() ?? "";
  const start = box.selectionStart - part.length;
  box.setRangeText(`${item.dataset.name}:`, start, box.selectionStart, "end");
  close();
  box.focus();
}

if (box && list) {
  box.addEventListener("focus", load, { once: true });
  box.addEventListener("input", show);
  box.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("keydown", (event) => {
    if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      point(chosen + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (!list.hidden && (event.key === "Tab" || event.key === "Enter") && chosen >= 0) {
      take(list.children[chosen]);
      event.preventDefault();
    } else if (!list.hidden && event.key === "Escape") {
      close();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      box.form.requestSubmit();
      event.preventDefault();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (item) take(item);
    event.preventDefault();
  });
}

document.addEventListener("shangdun:span", ({ detail: { start, step } }) => {
  const address = new URL(location.href);
  address.searchParams.set("from", new Date(start).toISOString());
  address.searchParams.set("to", new Date(start + step).toISOString());
  location.assign(address);
});
