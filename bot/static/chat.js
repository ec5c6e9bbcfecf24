// The live part of the chat: answers as they come, and words that are never lost.
// Without it the page still posts and reloads.
"use strict";
(() => {
  const log = document.getElementById("log");
  const composer = document.querySelector("#composer form");
  const words = document.getElementById("words");
  const offline = document.getElementById("offline");
  const token = () => document.querySelector('input[name="_token"]').value;
  const QUEUE = "chat-unsent";
  const DRAFT = "chat-draft";
  const DEAD_AFTER = 40000;
  let last = Number(log.dataset.last) || 0;
  let heard = Date.now();
  let stream = null;
  let flushing = false;

  // ---- what is kept in this browser: the draft, and messages on their way
  const keep = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* private mode */ }
  };
  const kept = (key, nothing) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? nothing; } catch (error) { return nothing; }
  };
  const queue = () => kept(QUEUE, []);

  // ---- showing
  const atEnd = () => window.innerHeight + window.scrollY > document.body.scrollHeight - 200;
  const toEnd = () => window.scrollTo({ top: document.body.scrollHeight });
  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "numeric", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  const retireChoices = () => log.querySelectorAll(".choices").forEach((form) => form.remove());

  const showMine = (message) => {
    if (document.getElementById(message.id)) return;
    const item = document.createElement("li");
    item.className = "from-me";
    item.id = message.id;
    const byline = document.createElement("h3");
    byline.className = "byline";
    byline.textContent = `${log.dataset.me} ${clock()} `;
    const status = document.createElement("span");
    status.className = "delivery";
    status.textContent = log.dataset.sending;
    byline.append(status);
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    for (const line of message.shown.split("\n")) {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      bubble.append(paragraph);
    }
    item.append(byline, bubble);
    log.append(item);
    toEnd();
  };
  const mark = (id, text) => {
    const status = document.querySelector(`#${CSS.escape(id)} .delivery`);
    if (status) status.textContent = text;
  };
  const sayWrong = (text) => {
    let line = document.getElementById("words-error");
    if (!line) {
      line = document.createElement("p");
      line.className = "field-error";
      line.id = "words-error";
      line.setAttribute("role", "alert");
      words.closest(".composer-row").before(line);
    }
    line.textContent = text;
    line.hidden = !text;
  };

  // ---- sending: into the queue first, out of it only when the server has it
  const send = (path, fields, shown) => {
    const id = `c${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    const message = { id, path, fields: { ...fields, client_id: id }, shown };
    keep(QUEUE, [...queue(), message]);
    retireChoices();
    showMine(message);
    flush();
  };
  const post = (message) =>
    fetch(message.path, {
      method: "POST",
      headers: { "X-Requested-With": "chat" },
      body: new URLSearchParams({ ...message.fields, _token: token() }),
    });
  const flush = async () => {
    if (flushing) return;
    flushing = true;
    try {
      for (const message of queue()) {
        const response = await post(message);
        if (response.status >= 500 || response.status === 429) throw new Error("later");
        if (response.status === 403) { location.reload(); return; }
        keep(QUEUE, queue().filter((each) => each.id !== message.id));
        if (response.ok) {
          mark(message.id, log.dataset.done);
        } else {
          document.getElementById(message.id)?.remove();
          sayWrong(await response.text());
          if (!words.value && message.fields.text) words.value = message.fields.text;
        }
      }
      connected(true);
    } catch (error) {
      queue().forEach((message) => mark(message.id, log.dataset.kept));
      connected(false);
    } finally {
      flushing = false;
    }
  };

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value;
    if (!text.trim()) { words.focus(); return; }
    words.value = "";
    keep(DRAFT, "");
    sayWrong("");
    grow();
    send(composer.getAttribute("action"), { text }, text);
    words.focus();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest('form[action="/chat/press"]');
    if (!form || !event.submitter) return;
    event.preventDefault();
    const shown = event.submitter.textContent.trim().replace(/^\d+\s+/, "");
    send("/chat/press", { payload: event.submitter.value }, shown);
  });

  // ---- the composer: Enter sends (not the Enter that ends a composition), text grows, drafts stay
  const grow = () => {
    words.rows = Math.min(5, Math.max(1, words.value.split("\n").length, Math.ceil(words.value.length / 18)));
  };
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });
  words.addEventListener("input", () => { keep(DRAFT, words.value); grow(); });

  // ---- listening
  const connected = (yes) => {
    offline.hidden = yes;
    if (yes) heard = Date.now();
  };
  const onBubble = (event) => {
    heard = Date.now();
    connected(true);
    const number = Number(event.lastEventId);
    if (number <= last) return;
    last = number;
    const stay = atEnd();
    document.getElementById("o0")?.querySelector(".choices")?.remove();
    retireChoices();
    log.insertAdjacentHTML("beforeend", event.data);
    if (stay) toEnd();
  };
  const open = () => {
    stream?.close();
    stream = new EventSource(`/chat/stream?after=${last}`);
    stream.addEventListener("bubble", onBubble);
    stream.addEventListener("holder", (event) => {
      heard = Date.now();
      const holder = document.getElementById("holder");
      if (holder.textContent !== event.data) holder.textContent = event.data;
      holder.hidden = !event.data;
    });
    stream.addEventListener("beat", () => { heard = Date.now(); connected(true); if (queue().length) flush(); });
    stream.addEventListener("error", () => { connected(false); });
  };
  setInterval(() => {
    if (Date.now() - heard > DEAD_AFTER || stream.readyState === EventSource.CLOSED) open();
    if (queue().length) flush();
  }, 3000);
  window.addEventListener("online", () => { open(); flush(); });

  if (!words.value) words.value = kept(DRAFT, "");
  grow();
  queue().forEach(showMine);
  open();
  flush();
  toEnd();
})();
