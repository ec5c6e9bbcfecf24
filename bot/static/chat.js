// The live part of the chat: answers as they come, and words that are never lost.
// Without it the page still posts and reloads.
"use strict";
(() => {
  const log = document.getElementById("log");
  const composer = document.querySelector("#composer form");
  const words = document.getElementById("words");
  const offline = document.getElementById("offline");
  const token = () => document.querySelector('input[name="_token"]').value;
  const QUEUE = "chat-unsent", DRAFT = "chat-draft";
  const DEAD_AFTER = 40000, BURST = 5000;
  let last = Number(log.dataset.last) || 0;
  let heard = Date.now();
  let stream = null, flushing = false;

  // ---- what is kept in this browser: the draft, and messages on their way
  const keep = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* private mode */ }
  };
  const kept = (key, nothing) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? nothing; } catch (error) { return nothing; }
  };
  const queue = () => kept(QUEUE, []);

  // ---- showing
  // The view follows what is said, but never past the first words of an answer.
  const header = document.querySelector("body > header");
  const below = document.getElementById("below");
  const title = document.title;
  let anchor = null, anchoredAt = 0, unseen = 0;
  const end = () => document.documentElement.scrollHeight - window.innerHeight;
  const atEnd = () => window.scrollY > end() - 200;
  const follow = (item) => {
    if (!anchor?.isConnected || Date.now() - anchoredAt > BURST) anchor = item;
    anchoredAt = Date.now();
    const top = anchor.getBoundingClientRect().top + window.scrollY - header.offsetHeight - 8;
    window.scrollTo({ top: Math.min(end(), top) });
  };
  const noteUnseen = (item) => {
    if (document.hidden) document.title = `(${++unseen}) ${title}`;
    below.hidden = item.getBoundingClientRect().top < composer.getBoundingClientRect().top - 60;
  };
  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "numeric", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  const retireChoices = () => log.querySelectorAll(".choices").forEach((form) => form.remove());

  const showMine = (message) => {
    if (document.getElementById(message.id)) return;
    log.parentElement.before(document.querySelector(".about-chat"));
    const item = document.getElementById("mine").content.firstElementChild.cloneNode(true);
    item.id = message.id;
    item.querySelector("time").textContent = clock();
    item.lastElementChild.append(...message.shown.split("\n").map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
    log.append(item);
    anchor = null;
    follow(item);
  };
  const mark = (id, text) => {
    const status = document.querySelector(`#${CSS.escape(id)} .delivery`);
    if (status) status.textContent = text;
  };
  const sayWrong = (text) => {
    document.getElementById("words-error")?.remove();
    if (!text) return;
    words.closest(".composer-row").insertAdjacentHTML("beforebegin", '<p class="field-error" id="words-error" role="alert"></p>');
    document.getElementById("words-error").textContent = text;
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
      signal: AbortSignal.timeout?.(20000),
    });
  const flush = async () => {
    if (flushing) return;
    flushing = true;
    try {
      for (const message of queue()) {
        const response = await post(message);
        if (response.status === 403 && performance.now() > DEAD_AFTER) { location.reload(); return; }
        if (response.status >= 500 || [403, 429].includes(response.status)) throw new Error("later");
        keep(QUEUE, queue().filter((each) => each.id !== message.id));
        if (response.ok) {
          mark(message.id, log.dataset.done);
        } else {
          document.getElementById(message.id)?.remove();
          sayWrong(await response.text());
          words.value ||= message.fields.text ?? "";
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
    words.focus();
    const text = words.value;
    if (!text.trim()) return;
    words.value = "";
    keep(DRAFT, "");
    sayWrong("");
    grow();
    send(composer.getAttribute("action"), { text }, text);
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
    if (Number(event.lastEventId) <= last) return;
    last = Number(event.lastEventId);
    const stay = atEnd() || Date.now() - anchoredAt < BURST;
    retireChoices();
    log.insertAdjacentHTML("beforeend", event.data);
    if (stay) follow(log.lastElementChild);
    noteUnseen(log.lastElementChild);
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
    stream.addEventListener("error", () => connected(false));
  };
  setInterval(() => {
    if (Date.now() - heard > DEAD_AFTER || stream.readyState === EventSource.CLOSED) open();
    if (queue().length) flush();
  }, 3000);
  window.addEventListener("online", () => { open(); flush(); });
  window.addEventListener("scroll", () => { if (atEnd()) below.hidden = true; }, { passive: true });
  below.addEventListener("click", () => log.lastElementChild.scrollIntoView());
  document.addEventListener("visibilitychange", () => { unseen = 0; document.title = title; });
  // another tab of the same conversation wrote something
  window.addEventListener("storage", (event) => {
    if (event.key !== QUEUE) return;
    const waiting = queue();
    waiting.forEach(showMine);
    log.querySelectorAll(".from-me[id^=c]").forEach((item) => {
      if (!waiting.some((message) => message.id === item.id)) mark(item.id, log.dataset.done);
    });
  });

  if (!words.value) words.value = kept(DRAFT, "");
  grow();
  const left = queue();
  left.forEach(showMine);
  open();
  // what an earlier page left unsent may be there already: afterwards show it as the server has it
  flush().then(() => { if (left.length && !queue().length) location.reload(); });
  if (log.querySelector(".from-me")) follow([...log.querySelectorAll(".from-me")].pop());
})();
