// The Gantt chart: `<div data-gantt data-url data-try data-keep data-task>`. What a drag does is
// reckoned by the server and shown before it is kept; nothing is scheduled in the browser.
import { draw, sideWidth } from "./gantt-draw.js";
import { BEGAN, DAYS, END, HEAD, ID, KIND, MILESTONE, Model, NOT_BEFORE, ROW, START, TITLE, VERSION, fill } from "./gantt-model.js";

const root = document.querySelector("[data-gantt]");
const card = root?.closest(".gantt-card");
const KINDS = ["FS", "SS", "FF", "SF"];

class Chart {
  constructor() {
    this.selected = undefined;
    this.change = null; // what is tried: {index, starts?, ends?} or {before, after, kind}
    this.moved = null;
    this.linking = undefined;
    this.kept = []; // what can be undone, newest last: {id, notBefore, days, version after it}
    this.asked = 0;
    this.sizer = document.createElement("div");
    this.sizer.className = "gantt-size";
    this.stage = document.createElement("div");
    this.stage.className = "gantt-stage";
    root.append(this.stage, this.sizer);
    this.says = card.querySelector("[data-says]");
    this.told = card.querySelector("[data-told]");
    this.listen();
  }

  async load() {
    const answer = await fetch(root.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const first = !this.model;
    const chosen = this.selected !== undefined ? this.model.tasks[this.selected]?.[ID] : undefined;
    this.model = new Model(await answer.json(), this.model);
    this.selected = chosen !== undefined ? this.model.byId.get(chosen) : undefined;
    root.removeAttribute("aria-busy");
    this.size();
    if (first) this.toToday();
    this.draw();
  }

  size() {
    const { model } = this;
    const side = sideWidth(root.clientWidth);
    this.sizer.style.width = `${side + (model.last - model.first + 1) * model.px}px`;
    this.sizer.style.height = `${HEAD + model.rows.length * ROW + 8}px`;
    for (const button of card.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String(button.dataset.zoom === model.zoom));
    card.querySelector("[data-count]").textContent = model.rows.length === model.tasks.length ? "" : fill(model.words.rows, { n: model.rows.length, all: model.tasks.length });
  }

  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const view = { model: this.model, width: root.clientWidth, height: root.clientHeight, left: root.scrollLeft, top: root.scrollTop, selected: this.selected, moved: this.moved, linking: this.linking };
      this.stage.style.width = `${view.width}px`;
      this.stage.style.height = `${view.height}px`;
      this.stage.innerHTML = draw(view);
    });
  }

  toToday() {
    const { model } = this;
    const plan = model.tasks.filter((task) => task[START] !== null);
    const last = plan.reduce((most, task) => Math.max(most, task[END]), model.first);
    const day = model.today <= last + 30 ? model.today : model.first;
    root.scrollLeft = (day - model.first) * model.px - (root.clientWidth - sideWidth(root.clientWidth)) / 4;
  }

  choose(index, quiet = false) {
    this.selected = index;
    const row = this.model.rowOf[index];
    const room = root.clientHeight - HEAD - ROW;
    if (row * ROW < root.scrollTop) root.scrollTop = row * ROW;
    if (row * ROW > root.scrollTop + room) root.scrollTop = row * ROW - room;
    if (!quiet) this.tell(this.model.told(index));
    this.draw();
  }

  tell(text) { this.told.textContent = text; }

  open(index) { location.assign(root.dataset.task.replace(/\/0\/$/, `/${this.model.tasks[index][ID]}/`)); }

  // A change as the server takes it.
  body() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", card.querySelector("[name=csrfmiddlewaretoken]").value);
    const { change, model } = this;
    if (change.before !== undefined) {
      data.append("before", model.tasks[change.before][ID]);
      data.append("after", model.tasks[change.after][ID]);
      data.append("kind", KINDS[change.kind ?? 0]);
      return data;
    }
    data.append("task", model.tasks[change.index][ID]);
    data.append("version", change.version);
    if (change.back) {
      data.append("not_before", change.back.notBefore ?? "");
      data.append("days", change.back.days);
    }
    if (change.starts !== undefined) data.append("starts", change.starts);
    if (change.ends !== undefined) data.append("ends", change.ends);
    return data;
  }

  async post(address) {
    const answer = await fetch(address, { method: "POST", body: this.body(), headers: { Accept: "application/json" } });
    const known = answer.headers.get("content-type")?.startsWith("application/json");
    if (!known) throw new Error(String(answer.status));
    return { ok: answer.ok, status: answer.status, ...(await answer.json()) };
  }

  async attempt() {
    if (!this.change) return;
    const mine = ++this.asked;
    try {
      const found = await this.post(root.dataset.try);
      if (mine !== this.asked || !this.change) return;
      if (found.ok) this.moved = new Map(found.moved.map((one) => [one[0], one]));
      this.say(found.ok ? found.says : found.problem, found.ok);
    } catch { if (mine === this.asked) this.say(this.model.words.failed, false); }
    this.draw();
  }

  say(text, good, over = false) {
    this.says.hidden = false;
    this.says.classList.toggle("bad", !good);
    this.says.querySelector("[data-text]").textContent = text;
    this.says.querySelector("[data-do=keep]").hidden = !good || over;
    this.says.querySelector("[data-do=keep]").disabled = false;
    this.says.querySelector("[data-do=leave]").hidden = over;
    this.says.querySelector("[data-do=undo]").hidden = !over || !this.kept.length;
    this.sure = good && !over;
  }

  async keep() {
    if (!this.change || !this.sure || this.keeping) return;
    this.keeping = true; // two clicks keep it once
    const { change } = this;
    const task = this.model.tasks[change.index];
    const was = task && !change.back && { id: task[ID], notBefore: task[NOT_BEFORE], days: task[DAYS] };
    const did = this.says.querySelector("[data-text]").textContent;
    try {
      const found = await this.post(root.dataset.keep);
      this.leave();
      if (found.ok && was) this.kept.push({ ...was, version: found.version });
      else if (found.ok && change.back) this.undone(change.back, found.version);
      await this.load();
      if (!found.ok) this.say(found.problem, false);
      else if (task) this.say(fill(this.model.words[was ? "kept" : "undone"], { did }), true, true);
      else this.tell(this.model.told(this.selected ?? change.after));
    } catch { this.say(this.model.words.failed, false); }
    this.keeping = false;
    root.focus({ preventScroll: true }); // the button that was pressed is gone: keys still work
  }

  // What was kept last goes back; somebody else's change since then stops it as it stops a drag.
  undo() {
    const back = this.kept.at(-1);
    const index = back && this.model.byId.get(back.id);
    if (index === undefined || this.keeping) return;
    this.leave();
    this.change = { index, version: back.version, back };
    this.choose(index, true);
    this.says.querySelector("[data-text]").textContent = "";
    this.sure = true;
    this.keep();
  }

  undone(back, version) {
    this.kept.pop();
    for (const one of this.kept) if (one.id === back.id) one.version = version;
  }

  leave() {
    clearTimeout(this.waiting);
    this.change = null;
    this.moved = null;
    this.linking = undefined;
    this.asked += 1;
    this.sure = false;
    this.says.hidden = true;
    this.says.querySelector("[data-text]").textContent = "";
    this.draw();
  }

  // Move by working days (or stretch), from where it is tried to be.
  shift(index, days, stretch) {
    const { model } = this;
    const task = model.tasks[index];
    if (!model.movable(index) || (!stretch && task[BEGAN] !== null) || (stretch && task[KIND] === MILESTONE)) { this.tell(model.words.cannot); return; }
    const before = this.change?.index === index ? this.change : null;
    const change = { index, version: task[VERSION], starts: before?.starts, ends: before?.ends };
    if (stretch) change.ends = Math.max(task[START], model.step(change.ends ?? task[END], days));
    else change.starts = model.step(change.starts ?? task[START], days);
    this.put(change);
  }

  put(change) {
    this.change = change;
    this.asked += 1; // an answer under way is about another place
    this.sure = false;
    this.says.querySelector("[data-do=keep]").disabled = true;
    const task = this.model.tasks[change.index];
    if (!this.moved?.size) {
      const by = (change.starts ?? task[START]) - task[START];
      this.moved = new Map([[task[ID], [task[ID], task[START] + by, (change.ends ?? task[END]) + by]]]);
    }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.attempt(), 160);
    this.draw();
  }

  link(before, after) {
    this.linking = undefined;
    if (before === after) { this.leave(); return; }
    this.change = { before, after, kind: 0 };
    this.attempt();
  }

  listen() {
    root.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => { if (this.model) { this.size(); this.draw(); } }).observe(root);
    root.addEventListener("pointerdown", (event) => this.press(event));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("dblclick", (event) => { const index = this.under(event)?.index; if (index !== undefined) this.open(index); });
    root.addEventListener("keydown", (event) => this.key(event));
    card.addEventListener("click", (event) => this.tool(event));
    card.querySelector("[data-filter]").addEventListener("change", (event) => { this.model.filter = event.target.value; this.again(); });
    card.querySelector("[data-find]").addEventListener("input", (event) => { this.model.find = event.target.value.trim(); this.again(); });
  }

  again() { this.model.arrange(); this.size(); this.draw(); }

  tool(event) {
    const button = event.target.closest("[data-do], [data-zoom]");
    if (!button || !this.model) return;
    if (button.dataset.zoom) {
      const { model } = this;
      const middle = model.first + (root.scrollLeft + root.clientWidth / 3) / model.px;
      model.zoom = button.dataset.zoom;
      this.size();
      root.scrollLeft = (middle - model.first) * model.px - root.clientWidth / 3;
      this.draw();
    } else if (button.dataset.do === "today") this.toToday();
    else if (button.dataset.do === "keep") this.keep();
    else if (button.dataset.do === "leave") this.leave();
    else if (button.dataset.do === "undo") this.undo();
  }

  under(event) {
    const bar = event.target.closest?.("[data-bar]");
    if (bar) return { index: Number(bar.dataset.bar), part: bar.dataset.part };
    const name = event.target.closest?.("[data-name]");
    return name ? { index: Number(name.dataset.name), part: "name" } : null;
  }

  click(event) {
    const found = this.under(event);
    if (!found || this.dragged) return;
    if (this.linking !== undefined) { this.link(this.linking, found.index); return; }
    const { model } = this;
    const again = this.selected === found.index;
    if (found.part === "name" && model.holds[found.index]) this.fold(found.index);
    else if (found.part === "name" && again) { this.open(found.index); return; }
    this.choose(found.index);
  }

  fold(index) {
    const id = this.model.tasks[index][ID];
    if (!this.model.folded.delete(id)) this.model.folded.add(id);
    this.again();
  }

  press(event) {
    this.dragged = false;
    const found = this.under(event);
    if (!found || found.part === "name" || event.button !== 0 || !this.model.movable(found.index)) return;
    const task = this.model.tasks[found.index];
    if (event.pointerType === "touch" && this.selected !== found.index) return; // a finger scrolls first
    if (found.part === "move" && task[BEGAN] !== null) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
    root.setPointerCapture(event.pointerId);
    this.choose(found.index, true);
    const from = event.clientX;
    const move = (now) => this.drag(found, task, Math.round((now.clientX - from) / this.model.px), now);
    const up = (now) => {
      root.removeEventListener("pointermove", move);
      root.removeEventListener("pointercancel", up);
      if (found.part === "dot" && this.dragged) this.drop(found.index, now);
    };
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", up, { once: true });
    root.addEventListener("pointercancel", up, { once: true });
  }

  drag(found, task, days, event) {
    if (found.part === "dot") { this.dragged = true; return; }
    if (!days && !this.dragged) return;
    this.dragged = true;
    const change = { index: found.index, version: task[VERSION] };
    if (found.part === "end") change.ends = Math.max(task[START], task[END] + days);
    else change.starts = task[START] + days;
    this.moved = null;
    event.preventDefault();
    this.put(change);
  }

  drop(before, event) {
    const box = root.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - HEAD + root.scrollTop) / ROW);
    const after = this.model.rows[row];
    if (after !== undefined) this.link(before, after);
  }

  key(event) {
    if (event.target !== root || !this.model) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z" && !this.change) { this.undo(); event.preventDefault(); }
      return;
    }
    const { model } = this;
    const row = this.selected === undefined ? -1 : model.rowOf[this.selected];
    const to = (n) => this.choose(model.rows[Math.min(Math.max(n, 0), model.rows.length - 1)]);
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const keys = {
      ArrowDown: () => to(row + 1), ArrowUp: () => to(row - 1), Home: () => to(0), End: () => to(model.rows.length - 1),
      PageDown: () => to(row + 12), PageUp: () => to(row - 12), t: () => this.toToday(),
      Escape: () => this.leave(),
      Enter: () => this.enter(),
      l: () => { if (this.selected !== undefined && model.may) { this.linking = this.selected; this.tell(fill(model.words.link, { task: model.tasks[this.selected][TITLE] })); this.draw(); } },
    };
    if (way && this.selected !== undefined) this.shift(this.selected, way, event.shiftKey);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  enter() {
    if (this.change) this.keep();
    else if (this.linking !== undefined && this.selected !== undefined) this.link(this.linking, this.selected);
    else if (this.selected !== undefined) this.open(this.selected);
  }
}

if (root) {
  const chart = new Chart();
  chart.load().catch(() => { root.removeAttribute("aria-busy"); root.classList.add("failed"); });
}
