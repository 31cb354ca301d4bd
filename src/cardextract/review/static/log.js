// The decision log: taking back.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-undo]");
  if (!button) return;
  button.disabled = true;
  const answer = await send("/decide", {
    card: button.dataset.card, version: button.dataset.version, action: "undo", undoes: button.dataset.undo,
  });
  if (answer.ok) location.reload(); else { button.disabled = false; toast(answer.message, true); }
});

for (const choice of document.querySelectorAll(".filters select")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
onKeys({ Slash: () => document.getElementById("q").focus(), KeyQ: () => location.assign("/") });
