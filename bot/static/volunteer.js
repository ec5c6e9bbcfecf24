// What makes the volunteers' pages livelier. Without it everything still works by links and forms.
"use strict";
(() => {
  const DEAD_AFTER = 40000;
  const idOf = (row) => new URL(row.href).pathname.split("/").pop();

  // ---- the open list: rows stay where they are; what is new waits behind a button
  const bar = document.getElementById("new-tasks");
  if (bar) {
    const show = bar.querySelector("a");
    const rows = new Map([...document.querySelectorAll("#tasks .task-row")].map((row) => [idOf(row), row]));
    const offline = document.getElementById("offline");
    let stream = null;
    let heard = Date.now();
    const say = (words) => { show.firstElementChild.textContent = words; show.hidden = !words; };
    const markGone = (row, gone) => {
      if (gone === row.classList.contains("gone")) return;
      row.classList.toggle("gone", gone);
      if (!gone) { row.querySelector(".gone-words").remove(); return; }
      const words = document.createElement("span");
      words.className = "tag gone-words";
      words.textContent = bar.dataset.gone;
      row.append(words);
    };
    const alive = () => { heard = Date.now(); offline.hidden = true; };
    const open = () => {
      stream?.close();
      heard = Date.now();
      stream = new EventSource(bar.dataset.stream);
      stream.addEventListener("beat", alive);
      stream.addEventListener("tasks", (event) => {
        alive();
        const ids = new Set(JSON.parse(event.data).open);
        rows.forEach((row, id) => markGone(row, !ids.has(id)));
        const fresh = [...ids].filter((id) => !rows.has(id)).length;
        say(fresh ? bar.dataset.new.replace("{count}", fresh) : "");
      });
      stream.addEventListener("signed-out", () => { stream.close(); stream = null; say(bar.dataset.ended); });
      stream.addEventListener("error", () => { offline.hidden = false; });
    };
    setInterval(() => {
      if (!stream || document.hidden) return;
      if (Date.now() - heard > DEAD_AFTER) open();
    }, 3000);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) stream?.close(); else open();
    });
    open();
  }

  // ---- the address into the clipboard, for whichever map the volunteer likes
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.querySelector("span").textContent = button.dataset.copied;
    });
  });

  // ---- words on their way survive a reload
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const words = form.querySelector("textarea");
    const key = form.dataset.draft;
    words.value ||= sessionStorage.getItem(key) ?? "";
    words.addEventListener("input", () => sessionStorage.setItem(key, words.value));
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  });

  // ---- whether somebody answered the call for help
  const called = document.getElementById("called");
  if (called?.dataset.asks) {
    const asking = setInterval(async () => {
      const answer = await fetch(called.dataset.asks).catch(() => null);
      if (!answer?.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("called");
      if (!fresh || fresh.dataset.asks) return;
      called.replaceChildren(...fresh.children);
      clearInterval(asking);
    }, 4000);
  }
})();
