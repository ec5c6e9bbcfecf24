/* The desk's script: keys, drafts, live hints, dialogs, the P0 bell. Without it every form still works. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const body = document.body;
  const token = body.dataset.token;
  const say = (words) => { const line = one("#status-line"); if (line) line.textContent = words; };
  const post = (address, fields) => fetch(address, {
    method: "POST",
    headers: { "X-Form-Token": token, "HX-Request": "true" },
    body: new URLSearchParams(fields),
  });

  /* Drafts: two seconds after the last letter, and at once on leaving. */
  const drafts = new Map();
  const fields = (form) => Object.fromEntries([...new FormData(form)].filter(([name, value]) => name !== "_token" && typeof value === "string"));
  const keep = async (form) => {
    clearTimeout(drafts.get(form));
    drafts.delete(form);
    try {
      const answer = await post("/console/drafts", { place: form.dataset.draft, body: JSON.stringify(fields(form)) });
      if (answer.redirected || answer.headers.get("HX-Redirect")) return signedOut();
      if (answer.ok) say(body.dataset.saved.replace("{at}", new Date().toTimeString().slice(0, 5)));
      else say(body.dataset.notSaved);
    } catch { say(body.dataset.notSaved); }
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    clearTimeout(drafts.get(form));
    drafts.set(form, setTimeout(() => keep(form), 2000));
  });
  document.addEventListener("submit", (event) => { clearTimeout(drafts.get(event.target)); drafts.delete(event.target); });
  addEventListener("pagehide", () => {
    for (const form of drafts.keys()) {
      const data = new URLSearchParams({ place: form.dataset.draft, body: JSON.stringify(fields(form)), _token: token });
      navigator.sendBeacon("/console/drafts", data);
    }
    all(".revealed").forEach((box) => box.remove());
  });

  /* Dialogs are native; the button that opened one gets the focus back. */
  let opener = null;
  const open = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) { opener = document.activeElement; dialog.showModal(); } };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dialog]");
    if (button) { event.preventDefault(); open(button.dataset.dialog); }
    const close = event.target.closest("[data-close]");
    if (close) { event.preventDefault(); close.closest("dialog").close(); }
    const filter = event.target.closest("[data-history]");
    if (filter) showHistory(filter);
    const insert = event.target.closest("[data-insert]");
    if (insert) insertWords(insert.dataset.insert);
    const call = event.target.closest("[data-start-clock]");
    if (call) call.dataset.since = Date.now();
  });
  document.addEventListener("close", () => { if (opener && opener.isConnected) opener.focus(); }, true);
  all("dialog[data-open]").forEach((dialog) => { dialog.close(); dialog.showModal(); });

  /* What was revealed is covered again after a minute. */
  const cover = () => all(".revealed[data-seconds]:not([data-armed])").forEach((box) => {
    box.dataset.armed = "1";
    setTimeout(() => box.remove(), Number(box.dataset.seconds) * 1000);
  });
  document.addEventListener("htmx:after:swap", () => {
    const shown = one("#revealed > *"), dialog = one("#reveal[open]");
    if (shown && dialog && shown.matches(".revealed")) dialog.close();
    else if (shown && dialog) one("#reveal-error").replaceChildren(shown);
    cover();
    enhance();
    ring();
  });

  /* The history: everything, only what was said, only what was done. */
  const showHistory = (button) => {
    if (!button) return;
    const wanted = button.dataset.history;
    all("[data-history]").forEach((each) => each.setAttribute("aria-pressed", each === button));
    all(".history li").forEach((line) => { line.hidden = wanted !== "all" && !wanted.split(" ").includes(line.dataset.kind); });
  };
  const log = one(".history");
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  if (log) {
    toEnd();
    let atEnd = true;
    log.addEventListener("scroll", () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40; });
    document.addEventListener("htmx:after:swap", () => { if (atEnd) toEnd(); showHistory(one("[data-history][aria-pressed=true]")); });
  }

  /* Words at the place of the cursor: a phrase, a line of an article. */
  const insertWords = (words) => {
    const box = one("#words");
    if (!box) return;
    box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("change", (event) => {
    const picker = event.target.closest("select[data-inserts]");
    if (picker && picker.value) { insertWords(picker.value); picker.value = ""; }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "words" || event.isComposing) return;
    const box = event.target, before = box.value.slice(box.selectionStart - 2, box.selectionStart);
    const target = { "::": "#phrases", "：：": "#phrases", "??": "#knowledge", "？？": "#knowledge" }[before];
    if (!target || !one(target)) return;
    box.setRangeText("", box.selectionStart - 2, box.selectionStart, "end");
    one(target).focus();
  });

  /* Search-selects: the real select stays and is what the form sends. */
  const enhance = () => all("select[data-search-select]").forEach((select) => {
    if (!window.accessibleAutocomplete || select.dataset.enhanced) return;
    select.dataset.enhanced = "1";
    const options = [...select.options].filter((each) => each.value);
    accessibleAutocomplete.enhanceSelectElement({
      selectElement: select, showNoOptionsFound: false, displayMenu: "overlay", defaultValue: select.selectedOptions[0]?.value ? select.selectedOptions[0].text : "",
      source: (query, show) => {
        const asked = query.trim().toLowerCase();
        show(options.filter((each) => each.text.includes(asked) || (each.dataset.initials || "").includes(asked)).map((each) => each.text));
      },
      tStatusResults: (count) => body.dataset.results.replace("{count}", count),
      tStatusQueryTooShort: () => "", tStatusNoResults: () => body.dataset.noResults, tStatusSelectedOption: (chosen) => chosen, tAssistiveHint: () => "",
    });
  });
  enhance();

  /* Live hints. They carry no data; a lost one is found at the next look. */
  let lastBeat = Date.now();
  const stream = one("#stream");
  const shown = Date.now();
  const askForNewer = async () => {
    const bar = one("#new-bar");
    const answer = await fetch(body.dataset.newer, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const { count } = await answer.json();
    bar.hidden = !count;
    one("#new-count").textContent = count;
    document.title = count ? `(${count}) ${body.dataset.title}` : body.dataset.title;
  };
  /* One question at a time: of two at once the older answer may come last and hide the bar again. */
  let asking = false, askAgain = false;
  const countNew = async () => {
    if (!one("#new-bar") || !body.dataset.newer) return;
    askAgain = true;
    if (asking) return;
    asking = true;
    try {
      while (askAgain) { askAgain = false; await askForNewer(); }
    } catch { /* the door is away: the next hint or look asks again */ } finally { asking = false; }
  };
  if (stream) {
    const heard = () => { lastBeat = Date.now(); one("#offline").hidden = true; };
    document.addEventListener("beat", heard);
    document.addEventListener("hint", () => { heard(); countNew(); });
    setInterval(countNew, 12000);  // a hint that was lost is made up for here
    setInterval(() => {
      if (Date.now() - lastBeat < 40000) return;
      one("#offline").hidden = false;
      lastBeat = Date.now() - 25000;
      const old = one("#stream"), fresh = old.cloneNode(false);
      old.replaceWith(fresh);
      htmx.process(fresh);
    }, 5000);
  }

  /* The bell: only for P0, until somebody acknowledges it. */
  let bell = null, sound = null;
  const ring = () => {
    const rings = one("[data-rings]");
    if (!rings) { clearInterval(bell); bell = null; return; }
    if (bell) return;
    const strike = () => {
      sound ??= new AudioContext();
      if (sound.state === "suspended") return;
      const tone = sound.createOscillator(), level = sound.createGain();
      tone.frequency.value = 880;
      level.gain.value = 0.2;
      tone.connect(level).connect(sound.destination);
      tone.start();
      tone.stop(sound.currentTime + 0.4);
    };
    strike();
    bell = setInterval(strike, 3000);
  };
  ring();
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => sound && sound.resume());

  /* Signing out by rest: warn two minutes before. */
  const minutes = Number(body.dataset.idleMinutes || 0);
  const signedOut = () => { one("#offline").hidden = true; say(body.dataset.signedOut); };
  if (minutes > 3) {
    let resting;
    const rest = () => { clearTimeout(resting); resting = setTimeout(() => { one("#resting").hidden = false; }, (minutes - 2) * 60000); };
    rest();
    document.addEventListener("htmx:after:request", rest);
  }

  /* The length of the call. */
  const clock = one("[data-call-clock]");
  if (clock) setInterval(() => {
    const seconds = Math.floor((Date.now() - (Number(clock.dataset.since) || shown)) / 1000);
    clock.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }, 1000);

  window.desk = { open, one, all, say };
})();
