/* The console's keys, their sheet, the count in the title, a sound, and whether the server answers. All else works
   without. */
"use strict";

(() => {
  const ON = "staff-keys";
  const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

  const keysAreOn = () => localStorage.getItem(ON) !== "off";
  const sheet = () => document.getElementById("keys");

  const toggle = () => (sheet().open ? sheet().close() : sheet().showModal());

  /* Not while a Japanese word is being converted: Safari ends that before the key, so its code is looked at as well. */
  const isForAField = (event) =>
    event.isComposing || event.keyCode === 229 || event.target.closest?.(FIELDS) !== null;

  /* What a page does with a key goes before what the menu does. */
  const press = (key) => {
    const named = `[data-key="${CSS.escape(key)}"]`;
    const found = document.querySelector(`main ${named}`) ?? document.querySelector(named);
    if (!found) return false;
    found.matches(FIELDS) ? found.focus() : found.click();
    return true;
  };

  /* j and k go from one [data-stop] to the next; e opens what is folded in the one that is in hand. */
  const inHand = () => document.activeElement.closest("[data-stop]") || document.querySelector("[data-stop]:target");
  const step = (by) => {
    const stops = [...document.querySelectorAll("[data-stop]")];
    const at = stops.indexOf(inHand());
    const next = stops[at < 0 ? 0 : Math.min(Math.max(at + by, 0), stops.length - 1)];
    next?.focus();
    return next !== undefined;
  };
  const unfold = () => {
    const folded = [...(inHand()?.querySelectorAll("details.why") ?? [])];
    const open = !folded[0]?.open;
    for (const each of folded) each.open = open;
    return folded.length > 0;
  };
  const STEPS = { j: () => step(1), k: () => step(-1), e: unfold };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isForAField(event)) return;
    if (!sheet() || !keysAreOn()) return;
    if (event.key === "?") toggle();
    else if (sheet().open || !(press(event.key) || STEPS[event.key]?.())) return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    const closes = event.target.closest("[data-closes]");
    if (opens) document.getElementById(opens.dataset.opens).showModal();
    if (closes) document.getElementById(closes.dataset.closes).close();
  });

  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = keysAreOn();
    box.addEventListener("change", () => localStorage.setItem(ON, box.checked ? "on" : "off"));
  }

  /* Ctrl+Enter sends; an Enter that ends the conversion of a word does not. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
    const field = event.target.closest?.("[data-sends]");
    if (!field) return;
    event.preventDefault();
    if (!event.repeat) field.form.requestSubmit();
  });

  /* A short sound where what is counted grows. Browsers allow it once somebody has pressed something on the page. */
  const SOUND = "staff-sound";
  const soundBox = document.querySelector("[data-sound-on]");
  const soundIsOn = () => localStorage.getItem(SOUND) !== "off";
  let player = null;
  const chime = () => {
    player ??= new AudioContext();
    const start = player.currentTime;
    for (const [after, pitch] of [[0, 880], [0.18, 1174.7]]) {
      const tone = player.createOscillator();
      const loud = player.createGain();
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.15, start + after);
      loud.gain.exponentialRampToValueAtTime(0.001, start + after + 0.3);
      tone.connect(loud).connect(player.destination);
      tone.start(start + after);
      tone.stop(start + after + 0.3);
    }
    document.documentElement.dataset.chimed = String(Number(document.documentElement.dataset.chimed ?? 0) + 1);
  };
  if (soundBox) {
    soundBox.checked = soundIsOn();
    soundBox.addEventListener("change", () => {
      localStorage.setItem(SOUND, soundBox.checked ? "on" : "off");
      if (soundBox.checked) chime();
    });
  }
  const counted = () => Number(document.querySelector("[data-chime]")?.dataset.chime ?? 0);
  let before = counted();
  const listen = () => {
    const now = counted();
    if (now > before && soundIsOn()) chime();
    before = now;
  };

  /* A talk is read from its end. */
  const toTheEnd = () => {
    const talk = document.querySelector(".reads");
    if (talk) talk.scrollTop = talk.scrollHeight;
  };

  const title = document.title;
  const count = () => {
    const counted = document.querySelector("[data-title-count] [data-count]");
    if (!counted) return;
    const waiting = Number(counted.dataset.count);
    document.title = waiting ? `(${waiting}) ${title}` : title;
  };
  const lost = (is) => {
    const told = document.getElementById("lost");
    if (told) told.hidden = !is;
  };
  for (const failed of ["sendError", "responseError", "timeout"]) {
    document.addEventListener(`htmx:${failed}`, () => lost(true));
  }
  document.addEventListener("htmx:beforeSwap", (event) => event.detail.shouldSwap && lost(false));

  /* What is added above ([data-grows]) moves nothing that is being read, and the focus stays in what was there. */
  let stays = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const grows = event.detail.requestConfig?.elt?.matches("[data-grows]");
    const first = grows && event.detail.shouldSwap ? document.querySelector("[data-stop]") : null;
    stays = first && { first, top: first.getBoundingClientRect().top, focused: inHand() };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!stays) return;
    const { first, top, focused } = stays;
    stays = null;
    (focused || first).focus({ preventScroll: true });
    window.scrollBy(0, first.getBoundingClientRect().top - top);
  });

  count();
  toTheEnd();
  document.addEventListener("htmx:afterSettle", () => {
    count();
    listen();
    toTheEnd();
  });
})();
