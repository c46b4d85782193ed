// Draws what is in view as one SVG; five thousand rows cost no more than the thirty that are seen.
import { BASE_END, BASE_START, CODE, DONE, DROPPED, DUE, END, HEAD, ID, KIND, MILESTONE, PROGRESS, ROW, SLACK, START, STATE, TITLE, dateOf, dayOf, monthOnly, monthText, shortText, yearText } from "./gantt-model.js";

const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const rect = (x, y, w, h, cls, more = "") => `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(w, 0).toFixed(1)}" height="${h}" class="${cls}" ${more}/>`;

export function sideWidth(width) { return width < 640 ? 138 : Math.min(340, Math.round(width * 0.3)); }

export function draw(view) {
  const { model, width, height, left, top } = view;
  const side = sideWidth(width);
  const px = model.px;
  const x = (day) => side + (day - model.first) * px - left;
  const y = (row) => HEAD + row * ROW - top;
  const from = Math.max(0, Math.floor(top / ROW));
  const until = Math.min(model.rows.length, Math.ceil((top + height - HEAD) / ROW) + 1);
  const shown = { ...view, side, px, x, y, from, until, days: [model.first + left / px, model.first + (left + width - side) / px] };
  return `<svg class="gantt-svg" width="${width}" height="${height}" aria-hidden="true" focusable="false">` +
    `<svg x="${side}" y="0" width="${Math.max(width - side, 0)}" height="${height}"><g transform="translate(${-side} 0)">` +
    off(shown) + lines(shown) + links(shown) + bars(shown) + today(shown) + head(shown) + "</g></svg>" + names(shown) + "</svg>";
}

function off({ model, x, days, height, px }) {
  let made = "";
  for (const [first, length, sort] of model.off) {
    if (first > days[1] || first + length < days[0]) continue;
    if (sort === 0 && px < 4) continue; // weekends would be a grey haze
    made += rect(x(first), HEAD, length * px, height, ["g-weekend", "g-holiday", "g-makeup"][sort]);
  }
  if (model.known !== null && model.known < days[1]) made += `<line x1="${x(model.known + 1).toFixed(1)}" x2="${x(model.known + 1).toFixed(1)}" y1="${HEAD}" y2="${height}" class="g-known"><title>${escaped(model.words.expected)}</title></line>`;
  return made;
}

function lines({ model, y, from, until, side, width, selected }) {
  let made = "";
  for (let row = from; row < until; row += 1) {
    if (model.rows[row] === selected) made += rect(side, y(row), width, ROW, "g-chosen");
    made += `<line x1="${side}" x2="${width}" y1="${y(row) + ROW}" y2="${y(row) + ROW}" class="g-line"/>`;
  }
  return made;
}

function span(task, moved) {
  const now = moved?.get(task[ID]);
  return now ? [now[1], now[2]] : [task[START], task[END]];
}

function links({ model, x, y, from, until, moved, px }) {
  const drawn = new Set();
  let made = "";
  for (let row = from; row < until; row += 1) {
    for (const place of model.waits[model.rows[row]]) {
      if (drawn.has(place) || drawn.size > 600) continue;
      drawn.add(place);
      const [before, after, kind] = model.links[place];
      const [one, two] = [model.tasks[before], model.tasks[after]];
      const [r1, r2] = [model.rowOf[before], model.rowOf[after]];
      if (r1 < 0 || r2 < 0 || one[START] === null || two[START] === null) continue;
      const [a, b] = [span(one, moved), span(two, moved)];
      const out = kind === 0 || kind === 2; // FS and FF leave the end
      const into = kind === 0 || kind === 1; // FS and SS meet the beginning
      const half = (task) => (task[KIND] === MILESTONE ? px / 2 : 0);
      const x1 = out ? x(a[1] + 1) - half(one) : x(a[0]) + half(one);
      const x2 = into ? x(b[0]) + half(two) : x(b[1] + 1) - half(two);
      const [y1, y2] = [y(r1) + ROW / 2, y(r2) + ROW / 2];
      const [turn1, turn2] = [x1 + (out ? 6 : -6), x2 + (into ? -7 : 7)];
      const straight = out && into && turn2 >= turn1;
      const way = straight ? `H${turn1.toFixed(1)}V${y2}H${x2.toFixed(1)}` : `H${turn1.toFixed(1)}V${(y2 > y1 ? y2 - ROW / 2 : y2 + ROW / 2)}H${turn2.toFixed(1)}V${y2}H${x2.toFixed(1)}`;
      const hot = model.critical(one) && model.critical(two) ? " g-hot" : "";
      const tip = into ? `M${(x2 - 5).toFixed(1)} ${y2 - 3.5}L${x2.toFixed(1)} ${y2}L${(x2 - 5).toFixed(1)} ${y2 + 3.5}Z` : `M${(x2 + 5).toFixed(1)} ${y2 - 3.5}L${x2.toFixed(1)} ${y2}L${(x2 + 5).toFixed(1)} ${y2 + 3.5}Z`;
      made += `<path d="M${x1.toFixed(1)} ${y1}${way}" class="g-link${hot}"/><path d="${tip}" class="g-tip${hot}"/>`;
    }
  }
  return made;
}

function bars(shown) {
  const { model, from, until, x, y, px, moved, selected } = shown;
  let made = "";
  for (let row = from; row < until; row += 1) {
    const index = model.rows[row];
    const task = model.tasks[index];
    if (task[START] === null) continue;
    if (task[BASE_START] !== null && task[KIND] !== MILESTONE) made += rect(x(task[BASE_START]), y(row) + ROW - 9, (task[BASE_END] - task[BASE_START] + 1) * px, 4, "g-baseline", 'rx="2"');
    const critical = model.critical(task) ? " g-critical" : "";
    const state = task[STATE] === DONE ? " g-done" : task[STATE] === DROPPED ? " g-dropped" : critical;
    const ghost = moved?.get(task[ID]);
    if (ghost) made += bar(shown, index, row, [task[START], task[END]], `${state} g-was`, false);
    made += bar(shown, index, row, span(task, moved), state + (ghost ? " g-moves" : ""), true);
    if (task[DUE] !== null && !model.holds[index]) made += `<path d="M${x(task[DUE] + 1).toFixed(1)} ${y(row) + 5}v${ROW - 12}m-3 -${ROW - 12}h6" class="g-due${model.late(task) ? " g-late" : ""}"/>`;
    if (index === selected && shown.linking !== undefined) made += rect(shown.side, y(row) + 1, 4, ROW - 2, "g-mark");
  }
  return made;
}

function bar({ model, x, y, px, selected }, index, row, [start, end], state, live) {
  const task = model.tasks[index];
  const [left, w, top] = [x(start), (end - start + 1) * px, y(row) + 7];
  const data = live ? `data-bar="${index}" data-part="move"` : "";
  if (model.holds[index]) return `<path d="M${left.toFixed(1)} ${top + 11}v-8h${w.toFixed(1)}v8l-5 -4h-${Math.max(w - 10, 0).toFixed(1)}z" class="g-sum${state}" ${data}/>`;
  if (task[KIND] === MILESTONE) {
    const [cx, cy] = [left + px / 2, y(row) + ROW / 2];
    return `<path d="M${(cx - 8).toFixed(1)} ${cy}l8 -8l8 8l-8 8z" class="g-stone${state}" ${data}/>`;
  }
  const mine = index === selected ? " g-mine" : "";
  let made = "";
  if (live && task[SLACK] > 0 && task[STATE] < DONE) {
    const last = model.step(end, Math.min(task[SLACK], 400));
    made += `<line x1="${(left + w).toFixed(1)}" x2="${x(last + 1).toFixed(1)}" y1="${top + 7}" y2="${top + 7}" class="g-slack"/>`;
  }
  made += rect(left, top, Math.max(w, 3), 14, `g-bar${state}${mine}`, `rx="4" ${data}`);
  const done = task[STATE] === DONE ? 0 : task[PROGRESS];
  if (done) made += rect(left, top + 10, (w * done) / 100, 4, "g-progress", 'rx="2"');
  if (live && model.movable(index)) {
    made += rect(left + w - 7, top - 4, 9, 22, `g-end${mine}`, `data-bar="${index}" data-part="end"`);
    if (index === selected) made += `<circle cx="${(left + w + 9).toFixed(1)}" cy="${top + 7}" r="5.5" class="g-dot" data-bar="${index}" data-part="dot"/>`;
  }
  return made;
}

function today({ model, x, height, days }) {
  if (model.today < days[0] || model.today > days[1]) return "";
  const at = (x(model.today) + model.px / 2).toFixed(1);
  return `<line x1="${at}" x2="${at}" y1="${HEAD - 6}" y2="${height}" class="g-today"/>`;
}

function head({ model, x, days, side, width, px }) {
  let made = rect(side, 0, width, HEAD, "g-head");
  const first = dateOf(Math.max(days[0], model.first));
  let year = first.getUTCFullYear();
  let month = model.zoom === "month" ? 0 : first.getUTCMonth();
  for (let guard = 0; guard < 200; guard += 1) {
    const start = dayOf(year, month);
    if (start > days[1]) break;
    const label = model.zoom === "month" ? yearText(start) : monthText(start);
    const [from, to] = [x(start), x(model.zoom === "month" ? dayOf(year + 1, 0) : dayOf(year, month + 1))];
    // The name stays in view while its time has room for it.
    made += `<line x1="${from.toFixed(1)}" x2="${from.toFixed(1)}" y1="0" y2="${HEAD}" class="g-rule"/>`;
    const at = Math.max(from, side) + 8;
    if (to - at > 76) made += `<text x="${at.toFixed(1)}" y="18" class="g-text g-strong">${escaped(label)}</text>`;
    if (model.zoom === "month") year += 1; else { month += 1; if (month > 11) { month = 0; year += 1; } }
  }
  return made + small({ model, x, days, px }) + `<line x1="${side}" x2="${width}" y1="${HEAD}" y2="${HEAD}" class="g-rule"/>`;
}

function small({ model, x, days, px }) {
  let made = "";
  if (model.zoom === "month") {
    for (let at = dateOf(days[0]), n = 0; n < 400; n += 1) {
      const start = dayOf(at.getUTCFullYear(), at.getUTCMonth() + n);
      if (start > days[1]) break;
      made += `<text x="${(x(start) + 15 * px).toFixed(1)}" y="37" class="g-text g-mid">${escaped(monthOnly(start))}</text>`;
    }
    return made;
  }
  for (let day = Math.floor(days[0]); day <= days[1]; day += 1) {
    const date = dateOf(day);
    if (model.zoom === "day") made += `<text x="${(x(day) + px / 2).toFixed(1)}" y="37" class="g-text g-mid${model.worked(day) ? "" : " g-free"}">${date.getUTCDate()}</text>`;
    else if (date.getUTCDay() === 1) made += `<text x="${(x(day) + 3).toFixed(1)}" y="37" class="g-text">${escaped(shortText(day))}</text>`;
  }
  return made;
}

function names({ model, from, until, y, side, height, width, selected }) {
  const narrow = width < 640;
  let made = rect(0, 0, side, height, "g-side");
  for (let row = from; row < until; row += 1) {
    const index = model.rows[row];
    const task = model.tasks[index];
    const inset = 10 + Math.min(model.depth[index], 5) * (narrow ? 8 : 14);
    if (index === selected) made += rect(0, y(row), side, ROW, "g-chosen");
    const sign = model.holds[index] ? `<path d="${model.folded.has(task[ID]) ? "M0 0l6 4l-6 4z" : "M0 0h8l-4 6z"}" transform="translate(${inset} ${y(row) + 12})" class="g-fold"/>` : "";
    made += `<svg x="0" y="${y(row)}" width="${side - 6}" height="${ROW}" data-name="${index}" class="g-name"><rect width="${side}" height="${ROW}" class="g-hit"/>` +
      `<text x="${inset + 13}" y="21" class="g-text${model.holds[index] ? " g-strong" : ""}${task[STATE] >= DONE ? " g-over" : ""}"><tspan class="g-code">${escaped(task[CODE])}</tspan> ${escaped(task[TITLE])}</text><title>${escaped(task[TITLE])}</title></svg>${sign}` +
      `<line x1="0" x2="${side}" y1="${y(row) + ROW}" y2="${y(row) + ROW}" class="g-line"/>`;
  }
  return made + rect(0, 0, side, HEAD, "g-head") + `<line x1="0" x2="${side}" y1="${HEAD}" y2="${HEAD}" class="g-rule"/><line x1="${side}" x2="${side}" y1="0" y2="${height}" class="g-rule"/>`;
}
