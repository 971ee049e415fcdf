// Autosave of a draft: sends what was changed here alone, and never replaces what is being typed.
(() => {
  "use strict";
  const form = document.getElementById("draft");
  if (!form) return;
  const synced = new Map(); // what the server has, by the field's path
  const sent = new Map();
  let older = null; // the version that stays the base while a field here was changed elsewhere as well
  const own = () => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "file" && one.tagName !== "BUTTON");
  const remember = (one) => synced.set(one.name, one.value);
  own().forEach(remember);
  const dirty = (one) => synced.get(one.name) !== one.value;

  form.addEventListener("htmx:configRequest", (event) => {
    sent.clear();
    for (const one of own()) if (dirty(one)) sent.set(one.name, one.value);
    const kept = new Set(["csrfmiddlewaretoken", "base", ...sent.keys()]);
    for (const name of [...event.detail.parameters.keys()]) if (!kept.has(name)) event.detail.parameters.delete(name);
    if (!sent.size) event.preventDefault();
  });
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const field = event.detail.target.querySelector("input:not([type=hidden]), textarea, select");
    if (!field || !field.name) return;
    const typed = sent.has(field.name) ? sent.get(field.name) !== field.value : dirty(field);
    if (typed) { event.detail.shouldSwap = false; older = older ?? document.getElementById("base").value; }
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) {
      document.getElementById("saved").textContent = form.dataset.lost || "";
      return;
    }
    for (const [name, value] of sent) synced.set(name, value);
    for (const one of own()) if (!synced.has(one.name)) remember(one);
    older = null;
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const field = event.detail.target.querySelector("input:not([type=hidden]), textarea, select");
    if (field && field.name) remember(field);
  });
})();
