// One card: findings, marks in the source, the budget grid with its sums, and decisions.
"use strict";

const paper = document.getElementById("paper");
const record = document.getElementById("record");
const dialog = document.getElementById("edit");
const $ = (id) => document.getElementById(id);

let marks = new Map();   // path -> elements of the source
let inputs = new Map();  // path -> input of the grid
let sums = [];           // {n, whole, parts, slack, unit, base: path -> won}
let current = null;      // the finding that is shown
let job = null;          // what the dialog is about
let level = 0;           // zoom
let hidden = false;
let zoomed = false;      // a page is shown near its culprit once; after that the person decides

// ---------------------------------------------------------------- what is where

function read() {
  marks = new Map();
  for (const element of paper.querySelectorAll("[data-paths]")) {
    for (const path of JSON.parse(element.dataset.paths)) {
      if (!marks.has(path)) marks.set(path, []);
      marks.get(path).push(element);
    }
  }
  inputs = new Map([...record.querySelectorAll(".grid input")].map((input) => [input.dataset.path, input]));
  sums = [...record.querySelectorAll("#sums li")].map((li) => {
    const parts = JSON.parse(li.dataset.parts);
    const amounts = JSON.parse(li.dataset.amounts);
    return {
      n: li.dataset.n, whole: li.dataset.whole, parts, slack: Number(li.dataset.slack), unit: Number(li.dataset.unit),
      base: new Map([li.dataset.whole, ...parts].map((path, i) => [path, amounts[i]])),
    };
  });
  // what people changed shows in the source too, which keeps what is printed
  for (const value of record.querySelectorAll(".grid input, .value[data-printed]")) {
    if (value.dataset.now === value.dataset.printed) continue;
    for (const element of marks.get(value.dataset.path) || []) {
      element.classList.add("fixed");
      element.setAttribute("data-now", "→ " + value.dataset.now);
    }
  }
  recount();
}

function findings() { return [...record.querySelectorAll(".finding")]; }

// ---------------------------------------------------------------- marks

function light(culprit, related, scroll) {
  for (const element of document.querySelectorAll(".culprit, .related, .value.at")) element.classList.remove("culprit", "related", "at");
  for (const path of related) {
    for (const element of marks.get(path) || []) element.classList.add("related");
    if (inputs.has(path)) inputs.get(path).parentElement.classList.add("related");
  }
  const found = marks.get(culprit) || [];
  for (const element of found) { element.classList.remove("related"); element.classList.add("culprit"); }
  if (inputs.has(culprit)) {
    const cell = inputs.get(culprit).parentElement;
    cell.classList.remove("related");
    cell.classList.add("culprit");
  }
  for (const value of record.querySelectorAll(".value")) if (value.dataset.path === culprit) value.classList.add("at");
  const place = $("place");
  if (place) place.textContent = culprit && !found.length && paper.querySelector("[data-paths]") ? words.noplace : "";
  if (scroll && found.length) show(found[0]);
}

function center(element, whole) {
  const box = element.getBoundingClientRect();
  const view = paper.getBoundingClientRect();
  const wide = whole || box;
  paper.scrollTo({
    top: paper.scrollTop + box.top - view.top - (view.height - box.height) / 2.4,
    left: paper.scrollLeft + (wide.left + wide.right) / 2 - view.left - view.width / 2,
  });
}

// The culprit with the values of its sums, as wide as the pane allows, and room for the row's name at the left.
function surroundings(culprit) {
  const sheet = culprit.closest(".sheet");
  if (!sheet) return null;
  const boxes = [culprit, ...sheet.querySelectorAll(".related")].map((e) => e.getBoundingClientRect());
  const left = Math.min(...boxes.map((b) => b.left));
  const right = Math.max(...boxes.map((b) => b.right));
  const page = sheet.getBoundingClientRect();
  return { left: Math.max(page.left, left - page.width * 0.2), right: Math.min(page.right, right + page.width * 0.03) };
}

function show(culprit) {
  const sheet = culprit.closest(".sheet");
  if (sheet && level === 1) {
    const around = surroundings(culprit);
    const share = (around.right - around.left) / sheet.getBoundingClientRect().width;
    widen(Math.max(100, Math.min(widest(), 96 / share)));
  }
  center(culprit, surroundings(culprit));
}

// Larger than 1,080 pixels a page is no easier to read.
function widest() { return Math.min(170, 108000 / paper.clientWidth); }

function widen(percent) {
  for (const sheet of paper.querySelectorAll(".sheet")) sheet.style.width = `calc(${percent}% - 20px)`;
  const text = paper.querySelector(".text");
  if (text) text.style.fontSize = 0.135 * percent + "px";
}

// 0: the whole width; 1: the culprit and its sums; 2: large
function zoom(to) {
  level = to;
  const text = paper.querySelector(".text");
  widen(text ? [100, 125, 155][level] : [100, 120, 230][level]);
  const culprit = paper.querySelector(".culprit");
  if (culprit) show(culprit);
}

function hide() {
  hidden = !hidden;
  paper.classList.toggle("bare", hidden);
  document.querySelector("[data-do='hide']").setAttribute("aria-pressed", hidden);
}

// ---------------------------------------------------------------- findings

function select(li, options) {
  if (current) { current.classList.remove("current"); current.querySelector(".head").setAttribute("aria-expanded", "false"); }
  current = li;
  if (!li) { light("", [], false); return; }
  li.classList.add("current");
  const head = li.querySelector(".head");
  head.setAttribute("aria-expanded", "true");
  if (!options || options.focus !== false) head.focus({ preventScroll: true });
  li.scrollIntoView({ block: "nearest" });
  const culprit = li.dataset.culprit;
  const related = JSON.parse(li.dataset.related);
  if (paper.querySelector(".sheet") && !zoomed) { zoomed = true; level = 1; }
  light(culprit, related, true);
  for (const term of li.querySelectorAll(".term")) term.classList.toggle("is-culprit", term.dataset.term === culprit);
}

function step(by) {
  const all = findings();
  if (!all.length) return;
  const i = current ? all.indexOf(current) + by : by > 0 ? 0 : all.length - 1;
  select(all[Math.max(0, Math.min(all.length - 1, i))]);
}

function firstOpen() { return findings().find((li) => li.dataset.state === "open" && !li.classList.contains("later")) || findings().find((li) => li.dataset.state === "open"); }

// ---------------------------------------------------------------- sums

// A printed figure in won; null for a blank, NaN for what is no figure.
function won(text, unit) {
  const bare = text.replace(/[\s,，]/g, "");
  if (bare === "") return null;
  if (/^[-–—－·0]+$/.test(bare) && !/[1-9]/.test(bare)) return 0;
  const match = /^([-△▲▵(]?)(\d+(?:\.\d+)?)\)?$/.exec(bare);
  if (!match) return NaN;
  return (match[1] ? -1 : 1) * Math.round(Number(match[2]) * unit);
}

function amountOf(sum, path) {
  const input = inputs.get(path);
  if (!input || input.value === input.dataset.now) return sum.base.get(path);
  return won(input.value, Number(input.dataset.unit)) || (Number.isNaN(won(input.value, 1)) ? NaN : 0);
}

function figure(amount, unit) {
  return Number.isNaN(amount) ? "?" : (amount / unit).toLocaleString("en-US", { maximumFractionDigits: 8 });
}

function recount() {
  for (const sum of sums) {
    const whole = amountOf(sum, sum.whole);
    const total = sum.parts.reduce((all, path) => all + amountOf(sum, path), 0);
    const gap = whole - total;
    const closed = Math.abs(gap) <= sum.slack;
    for (const cell of record.querySelectorAll(`[data-check="${sum.n}"]`)) {
      cell.className = "check " + (closed ? "closed" : "open");
      cell.textContent = closed ? "✓ " + figure(total, sum.unit) : "≠ " + figure(total, sum.unit);
      cell.title = closed ? words.closes : words.gap + " " + figure(Math.abs(gap), sum.unit);
    }
    for (const line of record.querySelectorAll(`.sum[data-sum="${sum.n}"]`)) {
      line.className = "sum " + (closed ? "closed" : "open");
      line.querySelector(".total").textContent = figure(total, sum.unit);
      line.querySelector(".cmp").textContent = closed ? "=" : "≠";
      line.querySelector(".verdict").textContent = closed ? "✓ " + words.closes : `✗ ${words.gap} ${figure(Math.abs(gap), sum.unit)}`;
      for (const term of line.querySelectorAll(".term")) term.querySelector("[data-amount]").textContent = figure(amountOf(sum, term.dataset.term), sum.unit);
    }
  }
  const pending = changed();
  $("savebar").hidden = !pending.length;
  $("pending").textContent = pending.length;
  for (const input of inputs.values()) input.parentElement.classList.toggle("pending", input.value.trim() !== input.dataset.now);
}

function changed() { return [...inputs.values()].filter((input) => input.value.trim() !== input.dataset.now); }

function revert() {
  for (const input of changed()) input.value = input.dataset.now;
  $("save-message").textContent = "";
  recount();
  (document.activeElement || document.body).blur();
}

function move(input, down, right) {
  const row = input.closest("tr");
  const cells = (tr) => [...tr.querySelectorAll("td")];
  const column = cells(row).indexOf(input.parentElement);
  const body = [...row.parentElement.querySelectorAll("tr")];
  const next = down ? body[body.indexOf(row) + down] : row;
  const target = next && cells(next)[column + right];
  const field = target && target.querySelector("input");
  if (field) { field.focus(); field.select(); }
}

async function saveGrid() {
  const cells = changed();
  if (!cells.length) return;
  const edits = cells.map((input) => ({ path: input.dataset.path, was: input.dataset.printed, now: input.value }));
  const answer = await decide({ action: "fix", edits, finding: null });
  if (!answer.ok) $("save-message").textContent = answer.message;
}

// ---------------------------------------------------------------- decisions

async function decide(body) {
  toast(words.saving);
  const answer = await send("/decide", { card: words.card, version: document.body.dataset.version, ...body });
  if (answer.ok) {
    for (const input of changed()) if ((body.edits || []).some((e) => e.path === input.dataset.path)) input.value = input.dataset.now;
    await refresh(true);
    toast(words.saved);
    watchOutput();
  } else {
    toast(answer.message, true);
    if (answer.conflict) await refresh(false);
  }
  return answer;
}

// Fetch the page again and put its parts in place; what was typed and not saved stays.
async function refresh(advance) {
  const typed = new Map(changed().map((input) => [input.dataset.path, input.value]));
  const id = current ? current.dataset.finding : null;
  const answer = await fetch(location.href);
  if (!answer.ok) { toast(words.failed, true); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.body.dataset.version = page.body.dataset.version;
  const top = record.scrollTop;
  record.replaceChildren(...page.getElementById("record").childNodes);
  $("cardbar").replaceWith(page.getElementById("cardbar"));
  const progress = page.getElementById("progress");
  if (progress) $("progress").replaceWith(progress);
  const drawn = page.getElementById("paper");
  if (!paper.querySelector(".sheet") || !drawn.querySelector(".sheet")) paper.replaceChildren(...drawn.childNodes);
  else {
    const old = paper.querySelectorAll(".sheet svg");
    drawn.querySelectorAll(".sheet svg").forEach((svg, i) => { if (old[i]) old[i].replaceWith(svg); });
  }
  current = null;
  read();
  for (const [path, value] of typed) if (inputs.has(path)) inputs.get(path).value = value;
  recount();
  record.scrollTop = top;
  const same = id && document.getElementById("f-" + id);
  const next = advance && (!same || same.dataset.state !== "open" || same.classList.contains("later")) ? firstOpen() : same;
  select(next || firstOpen() || null, { focus: !dialog.open });
  if (advance && !firstOpen()) { const link = $("after"); if (link && !dialog.open) link.focus(); }
}

function suggest() {
  if (!current || current.dataset.suggest === undefined || current.dataset.state !== "open") return;
  decide({ action: "fix", finding: current.dataset.finding, edits: JSON.parse(current.dataset.suggest) });
}

function open(what) {
  job = what;
  $("edit-title").textContent = what.title;
  $("edit-about").textContent = what.about;
  $("edit-printed").hidden = what.printed === undefined;
  $("edit-printed").querySelector("q").textContent = what.printed || "";
  $("edit-now-label").hidden = what.now === undefined;
  const area = $("edit-now");
  area.value = what.now || "";
  area.rows = Math.min(8, (what.now || "").split("\n").length);
  $("edit-choice-label").hidden = !what.choices;
  $("edit-choice").replaceChildren(...(what.choices || []).map(([value, label]) => new Option(label, value)));
  $("edit-reason").value = what.reason || "";
  $("edit-reason").required = Boolean(what.needsReason);
  $("edit-message").textContent = "";
  dialog.showModal();
  const field = what.choices ? $("edit-choice") : what.now !== undefined ? area : $("edit-reason");
  field.focus();
  if (field.select) field.select();
}

function label(name) { const button = current.querySelector(`[data-do='${name}']`); return button ? button.textContent.trim().replace(/^[A-Z]\s+/, "") : ""; }

function fix() {
  const active = document.activeElement && document.activeElement.closest(".value[data-printed]");
  if (active) { fixValue(active); return; }
  if (!current || current.dataset.state !== "open") return;
  const data = current.dataset;
  const about = current.querySelector(".msg").textContent;
  if (data.assign) open({ title: label("fix"), about, action: "assign", finding: data.finding, path: data.path || data.culprit, printed: data.printed, choices: JSON.parse(data.assign) });
  else if (data.fill) open({ title: label("fix"), about, action: "fill", finding: data.finding, path: data.fill, now: "" });
  else if (data.path) {
    const proposed = data.suggest ? JSON.parse(data.suggest).find((edit) => edit.path === data.path) : null;
    open({ title: label("fix") + ": " + data.label, about, action: "fix", finding: data.finding, path: data.path, printed: data.printed, now: proposed ? proposed.now : data.now });
  }
}

function fixValue(value) {
  const { path, printed, now } = value.dataset;
  open({ title: value.dataset.label, about: "", action: "fix", finding: null, path, printed, now });
}

function reasoned(action) {
  if (!current || current.dataset.state !== "open") return;
  const first = action === "accept" ? $("reasons").options[0].textContent : "";
  open({ title: label(action), about: current.querySelector(".msg").textContent, action, finding: current.dataset.finding, reason: first, needsReason: action === "accept" });
}

async function saveDialog() {
  if (!job) return;
  const body = { action: job.action, finding: job.finding, reason: $("edit-reason").value };
  if (job.action === "fix" || job.action === "fill") body.edits = [{ path: job.path, was: job.printed || "", now: $("edit-now").value }];
  if (job.action === "assign") body.edits = [{ path: job.path, was: job.printed || "", now: $("edit-choice").value }];
  const save = $("edit-save");
  save.disabled = true;
  const answer = await decide(body);
  save.disabled = false;
  if (answer.ok) dialog.close(); else $("edit-message").textContent = answer.message;
  if (answer.ok && current) current.querySelector(".head").focus({ preventScroll: true });
}

const simple = (action, more) => { if (current && current.dataset.state === "open") decide({ action, finding: current.dataset.finding, ...more }); };
const actions = {
  suggest, fix, zoom: () => zoom((level + 1) % 3), hide, revert, close: () => dialog.close(),
  accept: () => reasoned("accept"), ignore: () => reasoned("ignore"), later: () => simple("later"),
  carry: () => { if (current && current.dataset.stale) decide({ action: "carry", undoes: current.dataset.stale }); },
};

// ---------------------------------------------------------------- events

onKeys({
  KeyJ: () => step(1), KeyK: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
  KeyN: () => { const link = $("after"); if (link) link.click(); }, KeyP: () => { const link = $("before"); if (link) link.click(); },
  KeyS: suggest, KeyF: fix, KeyA: actions.accept, KeyX: actions.ignore, KeyL: actions.later, KeyC: actions.carry,
  KeyU: () => decide({ action: "undo" }), KeyZ: actions.zoom, KeyH: hide,
  KeyQ: () => document.querySelector(".brand").click(),
  KeyG: () => {
    const path = current ? current.dataset.culprit : null;
    const input = inputs.get(path) || [...inputs.values()][0];
    if (input) { input.focus(); input.select(); }
  },
}, (event) => {
  const input = event.target.closest(".grid input");
  if (!input) return;
  if (event.code === "Enter" || event.code === "NumpadEnter") { event.preventDefault(); if (changed().length) saveGrid(); else move(input, 1, 0); }
  else if (event.code === "Escape") { event.preventDefault(); if (changed().length) revert(); else input.blur(); }
  else if (event.code === "ArrowDown") { event.preventDefault(); move(input, 1, 0); }
  else if (event.code === "ArrowUp") { event.preventDefault(); move(input, -1, 0); }
});

document.addEventListener("click", (event) => {
  const term = event.target.closest(".term");
  if (term) { light(term.dataset.term, current ? [current.dataset.culprit] : [], true); return; }
  const button = event.target.closest("[data-do]");
  if (button) {
    const name = button.dataset.do;
    if (name === "select") select(button.closest(".finding"));
    else if (name === "undo") decide({ action: "undo", undoes: button.dataset.id });
    else if (name === "show") light(button.dataset.path, [], true);
    else if (actions[name]) {
      const own = button.closest(".finding");
      if (own && own !== current) select(own);
      actions[name]();
    }
    return;
  }
  const mark = event.target.closest("#paper [data-paths]");
  if (mark) {
    const path = JSON.parse(mark.dataset.paths)[0];
    light(path, [], false);
    const input = inputs.get(path);
    const value = [...record.querySelectorAll(".value")].find((v) => v.dataset.path === path);
    if (input) { input.scrollIntoView({ block: "center" }); input.focus(); }
    else if (value) { const folded = value.closest("details"); if (folded) folded.open = true; value.scrollIntoView({ block: "center" }); value.focus(); }
    else { const li = findings().find((f) => f.dataset.culprit === path || JSON.parse(f.dataset.related).includes(path)); if (li) select(li); }
  }
});

document.addEventListener("dblclick", (event) => {
  const value = event.target.closest(".value[data-printed]");
  if (value) fixValue(value);
});

record.addEventListener("input", (event) => { if (event.target.closest(".grid")) recount(); });
record.addEventListener("focusin", (event) => {
  const input = event.target.closest(".grid input");
  if (input) { const keep = current ? JSON.parse(current.dataset.related) : []; light(input.dataset.path, keep, true); }
});

$("savebar").addEventListener("submit", (event) => { event.preventDefault(); saveGrid(); });
dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); saveDialog(); });
dialog.addEventListener("keydown", (event) => {
  if (event.code === "Enter" && !event.shiftKey && !event.isComposing && event.target.tagName === "TEXTAREA") {
    event.preventDefault();
    dialog.querySelector("form").requestSubmit();
  }
});
dialog.addEventListener("close", () => { job = null; });
window.addEventListener("beforeunload", (event) => { if (changed().length) event.preventDefault(); });

// a page that comes in late moves what was centred
paper.addEventListener("load", () => { const culprit = paper.querySelector(".culprit"); if (culprit) show(culprit); }, true);

read();
select(document.getElementById(location.hash.slice(1)) || firstOpen() || null, { focus: false });
