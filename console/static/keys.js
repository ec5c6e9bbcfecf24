/* Keys of the desk. Single letters work only while the list or the ticket has the focus, and one setting turns them off. */
(() => {
  "use strict";
  const { one, all, open } = window.desk;
  const follow = (selector) => { const target = one(selector); if (!target) return false; target.tagName === "A" || target.tagName === "BUTTON" ? target.click() : target.focus(); return true; };

  /* The list: the focused row stays by number, not by place. */
  const rows = () => all(".queue tbody tr");
  const remembered = "desk-row:" + location.pathname + location.search;
  const focusRow = (row, focus = true) => {
    if (!row) return;
    rows().forEach((each) => each.classList.toggle("here", each === row));
    sessionStorage.setItem(remembered, row.dataset.number);
    const link = one("a", row);
    if (focus) { link.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  };
  const present = () => one(".queue tr.here");
  const step = (by) => { const list = rows(), at = list.indexOf(present()); focusRow(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))]); };
  if (rows().length) focusRow(rows().find((row) => row.dataset.number === sessionStorage.getItem(remembered)) || rows()[0], !one("[autofocus]"));
  document.addEventListener("focusin", (event) => { const row = event.target.closest(".queue tbody tr"); if (row) focusRow(row, false); });

  const rowForm = (selector) => { const row = present(); const form = row && one(selector, row); if (form) { form.requestSubmit ? form.requestSubmit() : form.click(); } };
  const nextView = () => { const views = all("[data-view]"); const at = views.findIndex((each) => each.getAttribute("aria-current")); views[(at + 1) % views.length]?.click(); };
  const pick = () => { const row = present(), box = row && one("input[name=number]", row); if (box) box.checked = !box.checked; };

  const everywhere = {
    KeyN: () => follow("[data-key=new-call]"), KeyQ: () => follow("[data-key=queue]"),
    KeyK: () => follow("[data-key=before]"), KeyJ: () => follow("[data-key=after]"),
    KeyR: () => { follow("#kind-reply"); return follow("#words"); }, KeyP: () => { follow("#kind-note"); return follow("#words"); },
    KeyU: () => follow("#knowledge"),
  };
  const inList = {
    KeyJ: () => step(1), ArrowDown: () => step(1), KeyK: () => step(-1), ArrowUp: () => step(-1),
    Enter: () => { const row = present(); if (row) one("a", row).click(); },
    KeyA: () => rowForm("form[data-take]"), KeyD: () => { const row = present(); if (row) location.href = one("a", row).href + "?open=dispatch"; },
    KeyX: pick, KeyV: nextView, KeyN: () => { const bar = one("#new-bar"); if (bar && !bar.hidden) location.reload(); },
  };
  const inTicket = { KeyA: () => follow("[data-key=take]"), KeyD: () => open("dispatch") };
  const digit = (code) => (/^Digit[1-9]$/.test(code) ? Number(code.slice(5)) : 0);
  const choose = (number) => { const option = all("[data-nth]")[number - 1]; if (option) option.click(); return Boolean(option); };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.ctrlKey && event.code === "Enter") {
      const form = event.target.closest("form") || one("form[data-main]");
      if (form) { event.preventDefault(); (one("[data-submit]", form) || one(".main-button", form)).click(); }
      return;
    }
    if (event.altKey && !event.ctrlKey && !event.shiftKey && !event.metaKey) {
      if (everywhere[event.code] && everywhere[event.code]() !== false) event.preventDefault();
      if (digit(event.code) && choose(digit(event.code))) event.preventDefault();
      return;
    }
    if (event.code === "Escape" && typing && !event.target.closest("dialog")) { (one(".history") || present()?.querySelector("a") || one("#main"))?.focus(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off" || one("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); open("all-keys"); return; }
    if (event.key === "/") { event.preventDefault(); follow("#search"); return; }
    const list = event.target.closest(".queue") || (event.target === document.body && rows().length);
    const ticket = event.target.closest("[data-ticket]");
    const act = list ? inList[event.code] : ticket ? inTicket[event.code] : null;
    if (act && !event.shiftKey) {
      if (event.code === "Enter" && event.target.closest("a, button")) return;
      event.preventDefault();
      act();
    } else if (digit(event.code) && (list || ticket)) choose(digit(event.code));
  });
})();
