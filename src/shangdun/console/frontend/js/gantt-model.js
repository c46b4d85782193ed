// What the chart knows: rows, links, which of them are shown, where a day lies.
export const ROW = 32;
export const HEAD = 46;
export const [ID, PARENT, KIND, CODE, TITLE, START, END, SLACK, STATE, PROGRESS, DUE, BASE_START, BASE_END, VERSION, NOT_BEFORE, DAYS, OWNER, BEGAN] = Array(18).keys();
export const SUMMARY = 0, MILESTONE = 2, DONE = 2, DROPPED = 3;
export const ZOOMS = { day: 26, week: 7.4, month: 2.3 };
const DAY = 86_400_000;
const lang = document.documentElement.lang || "en";
const format = (options) => {
  const made = new Intl.DateTimeFormat(lang, { timeZone: "UTC", ...options });
  return (day) => made.format(day * DAY);
};
export const dayText = format({ dateStyle: "medium" });
export const shortText = format({ month: "numeric", day: "numeric" });
export const monthText = format({ year: "numeric", month: "long" });
export const monthOnly = format({ month: "short" });
export const yearText = format({ year: "numeric" });
export const dateOf = (day) => new Date(day * DAY);
export const dayOf = (year, month) => Date.UTC(year, month, 1) / DAY;

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export class Model {
  constructor(data, before) {
    Object.assign(this, data);
    this.folded = before?.folded ?? new Set();
    this.filter = before?.filter ?? "";
    this.find = before?.find ?? "";
    this.zoom = before?.zoom ?? (data.last - data.first > 420 ? "month" : data.last - data.first > 110 ? "week" : "day");
    this.holds = new Uint8Array(this.tasks.length);
    this.depth = new Uint8Array(this.tasks.length);
    this.byId = new Map();
    this.waits = this.tasks.map(() => []);
    this.tasks.forEach((task, index) => {
      this.byId.set(task[ID], index);
      if (task[PARENT] >= 0) this.holds[task[PARENT]] = 1;
      this.depth[index] = task[PARENT] >= 0 ? this.depth[task[PARENT]] + 1 : 0;
    });
    this.links.forEach(([before_, after], place) => { this.waits[before_].push(place); this.waits[after].push(place); });
    this.arrange();
  }

  get px() { return ZOOMS[this.zoom]; }
  critical(task) { return task[SLACK] !== null && task[SLACK] <= 0; }
  late(task) { return task[DUE] !== null && task[END] !== null && task[END] > task[DUE] && task[STATE] < DONE; }

  // Which rows are shown, in order. What is sought is shown with everything above it.
  arrange() {
    const wanted = new Uint8Array(this.tasks.length).fill(this.filter || this.find ? 0 : 1);
    if (this.filter || this.find) {
      const text = this.find.toLowerCase();
      this.tasks.forEach((task, index) => {
        const fits = (!this.filter || (this.filter === "critical" ? this.critical(task) : this.late(task))) && (!text || `${task[CODE]} ${task[TITLE]}`.toLowerCase().includes(text));
        for (let at = index; fits && at >= 0 && !wanted[at]; at = this.tasks[at][PARENT]) wanted[at] = 1;
      });
    }
    const hidden = new Uint8Array(this.tasks.length);
    this.rows = [];
    this.tasks.forEach((task, index) => {
      const parent = task[PARENT];
      hidden[index] = parent >= 0 && (hidden[parent] || this.folded.has(this.tasks[parent][ID])) ? 1 : 0;
      if (!hidden[index] && wanted[index]) this.rows.push(index);
    });
    this.rowOf = new Int32Array(this.tasks.length).fill(-1);
    this.rows.forEach((index, row) => { this.rowOf[index] = row; });
  }

  movable(index) {
    const task = this.tasks[index];
    return this.may && !this.holds[index] && task[STATE] < DONE && task[START] !== null;
  }

  worked(day) {
    const run = this.off.find(([first, length, sort]) => sort < 2 && day >= first && day < first + length);
    return !run;
  }

  // The working day so many away; what is no working day counts as the next.
  step(day, n) {
    const way = Math.sign(n);
    for (let left = Math.abs(n), guard = 0; left > 0 && guard < 4000; guard += 1) {
      day += way;
      if (this.worked(day)) left -= 1;
    }
    return day;
  }

  days(first, last) {
    let n = 0;
    for (let day = first; day <= last && day - first < 5000; day += 1) n += this.worked(day) ? 1 : 0;
    return n;
  }

  told(index) {
    const task = this.tasks[index];
    const w = this.words;
    const parts = [`${task[CODE]} ${task[TITLE]}`];
    if (task[START] !== null) {
      parts.push(task[KIND] === MILESTONE ? fill(w.on, { day: dayText(task[END]) }) : fill(w.span, { first: dayText(task[START]), last: dayText(task[END]), n: this.days(task[START], task[END]) }));
    }
    if (task[STATE] === DONE) parts.push(w.done);
    else if (task[STATE] === DROPPED) parts.push(w.dropped);
    else if (this.critical(task)) parts.push(w.critical);
    else if (task[SLACK] !== null) parts.push(fill(w.slack, { n: task[SLACK] }));
    if (task[DUE] !== null) parts.push(this.late(task) ? w.late : fill(w.due, { day: dayText(task[DUE]) }));
    if (task[BASE_START] !== null && (task[BASE_START] !== task[START] || task[BASE_END] !== task[END])) parts.push(fill(w.baseline, { first: dayText(task[BASE_START]), last: dayText(task[BASE_END]) }));
    if (task[OWNER] && this.people[task[OWNER]]) parts.push(this.people[task[OWNER]]);
    return parts.join(" · ");
  }
}
