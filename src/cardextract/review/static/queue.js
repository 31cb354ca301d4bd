// The queue: moving with J and K, filters that apply at once, accepting all findings of a code.
"use strict";

const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;

function go(step) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  rows.forEach((row, i) => row.classList.toggle("at", i === at));
  rows[at].querySelector("a").focus();
  rows[at].scrollIntoView({ block: "nearest" });
}

onKeys({
  KeyJ: () => go(1), ArrowDown: () => go(1), KeyK: () => go(-1), ArrowUp: () => go(-1),
  KeyN: () => go(1), KeyP: () => go(-1),
  Enter: () => { if (at >= 0) rows[at].querySelector("a").click(); else if (rows.length) rows[0].querySelector("a").click(); },
  Slash: () => document.getElementById("q").focus(),
}, (event) => {
  if (event.code === "Escape") event.target.blur();
});

for (const choice of document.querySelectorAll(".filters select")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

const bulk = document.getElementById("bulk");
if (bulk) {
  bulk.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = bulk.querySelector("button");
    button.disabled = true;
    const answer = await send("/accept-all", {
      code: bulk.dataset.code, cards: JSON.parse(bulk.dataset.cards), count: Number(bulk.dataset.count), reason: bulk.reason.value,
    });
    if (answer.ok) location.assign("/"); else { button.disabled = false; toast(answer.message, true); }
  });
}
