// Shared by all pages: status of the output, the reviewer's name, help, sending decisions.
"use strict";

const words = document.body.dataset;

function toast(text, bad) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.className = bad ? "on bad" : "on";
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.className = ""; }, bad ? 6000 : 1800);
}

// A decision is sent as JSON; the answer tells ok, conflict and a message for the person.
async function send(address, body) {
  body.author = document.getElementById("author").value.trim();
  try {
    const answer = await fetch(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const type = answer.headers.get("content-type") || "";
    const data = type.includes("json") ? await answer.json() : { message: await answer.text() };
    return { ok: answer.ok, conflict: answer.status === 409, ...data };
  } catch (error) {
    return { ok: false, conflict: false, message: words.failed };
  }
}

async function watchOutput() {
  clearTimeout(watchOutput.timer);
  let state = "";
  try {
    const answer = await fetch("/status");
    if (answer.ok) {
      const data = await answer.json();
      state = data.output;
      const box = document.getElementById("output");
      box.className = "output output-" + state;
      box.textContent = state === "current" ? box.dataset.current : state === "failed" ? box.dataset.failed : box.dataset.running;
      const counts = document.querySelectorAll("#progress b");
      counts[0].textContent = data.ready;
      counts[1].textContent = data.errors;
      counts[2].textContent = data.warnings;
      const done = document.querySelector("#progress .done");
      done.setAttribute("width", data.cards ? (100 * data.ready / data.cards).toFixed(1) : "0");
    }
  } catch (error) { state = "running"; }
  if (state === "current" && document.querySelector("[data-changed]")) location.reload();
  if (state === "waiting" || state === "running") watchOutput.timer = setTimeout(watchOutput, 1000);
}

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && target.type !== "checkbox";
}

// What a focused link, button or pane does with a key comes first.
function free(event) {
  if (event.code === "Enter" || event.code === "Space") return !event.target.closest("a, button, summary");
  return !event.code.startsWith("Arrow") || !event.target.closest("#paper");
}

// Keys go by their place on the keyboard (event.code), so that they work while Hangul input is on.
// Never while composing, typing, or with a modifier; nothing listens to Backspace.
function onKeys(table, typed) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (typed) typed(event);
      return;
    }
    if (!free(event)) return;
    const name = event.shiftKey ? "Shift+" + event.code : event.code;
    const action = name === "Shift+Slash" ? openHelp : table[name];
    if (!action) return;
    event.preventDefault();
    // after this event: a dialog that takes the focus now would receive the key's letter
    setTimeout(action, 0);
  });
}

function openHelp() { document.getElementById("help").showModal(); }

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do='help']");
  if (button) openHelp();
});

document.getElementById("author").addEventListener("change", (event) => {
  document.cookie = "author=" + encodeURIComponent(event.target.value.trim()) + "; path=/; SameSite=Strict; max-age=31536000";
});

if (!document.getElementById("output").classList.contains("output-current")) watchOutput();
