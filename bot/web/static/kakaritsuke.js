/*!
 * The chat of かかりつけ相談ボット for any web page: one script tag defines <kakaritsuke-chat> and adds one to the page.
 * Attributes, custom properties and a CSP example: docs/embed.md. Licence: Apache-2.0.
 */
(() => {
  "use strict";

  const SERVER = new URL(document.currentScript.src).origin;
  const ON_THIS_MACHINE = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(SERVER);
  const NAME = "kakaritsuke-chat";
  const LONGEST_TEXT = 1000;
  // What can be pressed at any time (bot/messages.py).
  const PERSON = "talk.person";
  const IN_DISTRESS = "talk.distress";
  const TO_BE_FORGOTTEN = "talk.forget"; // it is asked back before anything is erased
  const BACK_TO_BOT = "talk.bot"; // while a person of the staff has the conversation
  const SVG = "http://www.w3.org/2000/svg";

  // ---------------------------------------------------------------- words

  // Set in by the server (bot/web/widget.py): what the chat says, and what is at hand at this desk.
  const { words: WORDS, labels: LABELS, topics: TOPICS, phone: PHONE } = {/* set in */};

  const WHOLE = new RegExp(`(${WORDS.whole.join("|")})`);

  /** A text with what stands in braces filled in. */
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // ---------------------------------------------------------------- looks
  // Lengths are in em, from the reader's own font size (`medium`), because a page may set its root to 62.5 %.

  const STYLE = `
/* What the page says of "*" is said of the element itself as well; "important" keeps it out. */
:host { all: initial !important; display: block !important; }
:host([hidden]) { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }

.root {
  --_accent: var(--kakaritsuke-accent, #1e5b47);
  --_accent-text: var(--kakaritsuke-accent-text, #fff);
  --_surface: var(--kakaritsuke-surface, #fff);
  --_ground: var(--kakaritsuke-ground, #f6f3ec);
  --_text: var(--kakaritsuke-text, #26302b);
  --_quiet: var(--kakaritsuke-quiet, #575f59);
  --_line: var(--kakaritsuke-line, #d9d2c4);
  --_radius: var(--kakaritsuke-radius, .75em);
  --_tint: #e4efe9;
  --_tint: color-mix(in srgb, var(--_accent) 11%, #fff);
  --_edge: #8a9a91;
  --_ink: var(--_accent); /* the accent as letters and lines */
  --_field: #fff;
  --_warm: #fcf4df; --_warm-text: #5a4300;
  --_alert: #fdf0d2; --_alert-text: #513700; --_alert-line: #e2c888;
  color: var(--_text);
  font-family: var(--kakaritsuke-font, "BIZ UDPGothic", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans JP",
    "Noto Sans CJK JP", Meiryo, system-ui, sans-serif);
  font-size: medium;
  line-height: 1.7;
  line-break: strict;
  word-break: auto-phrase;
  overflow-wrap: anywhere;
  text-align: start;
  -webkit-text-size-adjust: 100%;
}
[hidden] { display: none !important; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
ul { list-style: none; }
svg { display: block; }
.whole { white-space: nowrap; }
.icon { width: 1.3em; height: 1.3em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; min-height: 44px; margin: 0; touch-action: manipulation; }
a { color: var(--_ink); text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--_ink); outline-offset: 2px; }
:focus:not(:focus-visible) { outline: none; }

/* Launcher */
.launcher {
  position: fixed; bottom: calc(var(--kakaritsuke-offset-y, 1.25em) + env(safe-area-inset-bottom)); z-index: var(--kakaritsuke-z-index, 2147483000);
  right: calc(var(--kakaritsuke-offset-x, 1.25em) + env(safe-area-inset-right));
  display: flex; align-items: center; gap: .55em; min-height: 3.4em; max-width: calc(100vw - 2em); padding: .5em 1.35em .5em 1.1em;
  border: 2px solid #fff; border-radius: 3em; background: var(--_accent); color: var(--_accent-text);
  font-weight: 700; line-height: 1.35; text-align: start; box-shadow: 0 2px 12px rgb(30 30 20 / .28);
}
.root[data-position=left] .launcher { right: auto; left: calc(var(--kakaritsuke-offset-x, 1.25em) + env(safe-area-inset-left)); }
.launcher:focus-visible { outline-color: var(--_text); box-shadow: 0 0 0 6px #fff; }
.launcher .icon { width: 1.6em; height: 1.6em; }
.launcher[aria-expanded=true] .icon:first-child, .launcher[aria-expanded=false] .icon:nth-child(2) { display: none; }
.launcher .unread { padding: 0 .6em; border-radius: 1em; background: #fff; color: var(--_ink); font-size: .9375em; }

.room { display: none; }
.root[data-room] .room { display: block; height: calc(4.4em + var(--kakaritsuke-offset-y, 1.25em)); }
.root[data-aside] .launcher { padding: .5em; min-width: 3.4em; justify-content: center; }
.root[data-aside] .launcher > span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.root[data-aside=up] .launcher { margin-bottom: 4.4em; }

/* Panel */
.panel {
  position: fixed; inset: auto; z-index: var(--kakaritsuke-z-index, 2147483000);
  right: calc(var(--kakaritsuke-offset-x, 1.25em) + env(safe-area-inset-right));
  bottom: calc(var(--kakaritsuke-offset-y, 1.25em) + env(safe-area-inset-bottom) + 4.3em);
  width: min(var(--kakaritsuke-width, 27em), calc(100vw - 2em));
  height: min(var(--kakaritsuke-height, 46em), calc(100vh - 6.4em));
  height: min(var(--kakaritsuke-height, 46em), calc(100dvh - 6.4em));
  max-width: none; max-height: none; margin: 0; padding: 0; overflow: hidden; overflow: clip;
  border: 1px solid var(--_line); border-radius: calc(var(--_radius) * 1.35); background: var(--_ground); color: inherit;
  box-shadow: 0 8px 40px rgb(30 30 20 / .24);
}
.root[data-position=left] .panel { right: auto; left: calc(var(--kakaritsuke-offset-x, 1.25em) + env(safe-area-inset-left)); }
.panel[open] { display: flex; flex-direction: column; }
.panel::backdrop { background: none; }
.sized { font-size: 1.0625em; display: flex; flex-direction: column; flex: 1; min-height: 0; position: relative; }
.root[data-size=large] .sized { font-size: 1.25em; }
.root[data-size=largest] .sized { font-size: 1.5em; }

/* On a phone, or zoomed in, the chat has the whole screen: the part of it that the keyboard leaves. */
.root[data-whole] .panel {
  inset: 0; top: var(--_screen-top, 0); bottom: auto; width: 100%; height: var(--_screen-height, 100dvh);
  border: 0; border-radius: 0; box-shadow: none;
}

header { flex: none; position: relative; background: var(--_accent); color: var(--_accent-text); padding-top: env(safe-area-inset-top); }
.title { display: flex; align-items: center; padding: .15em .15em .15em .7em; }
h2 { flex: 1; min-width: 0; font-size: .95em; font-weight: 700; line-height: 1.3; text-wrap: balance; outline-offset: 4px; }
header :focus-visible { outline-color: currentColor; outline-offset: -4px; }
header button, header a { border: 0; border-radius: .5em; background: none; color: inherit; display: flex; align-items: center; justify-content: center; gap: .25em;
  min-width: 44px; min-height: 44px; padding: .2em .45em; line-height: 1.3; font-size: .89em; font-weight: 400; text-decoration: none; white-space: nowrap; }
header button:hover, header a:hover { background: rgb(255 255 255 / .14); }
.root[data-size=large] header { font-size: .85em; }
.root[data-size=largest] header { font-size: .75em; }
.menu { position: absolute; z-index: 2; top: calc(100% - .2em); right: .3em; width: min(16em, calc(100% - .6em)); max-height: 60vh; overflow-y: auto; padding: .3em;
  border: 1px solid var(--_edge); border-radius: var(--_radius); background: var(--_surface); color: var(--_text); box-shadow: 0 4px 20px rgb(30 30 20 / .3); }
.menu button { width: 100%; justify-content: flex-start; padding: .4em .7em; font-size: 1em; }
.menu button:hover { background: var(--_tint); }
.menu :focus-visible { outline-color: var(--_ink); }
.keys { padding: .5em .7em; border-top: 1px solid var(--_line); color: var(--_quiet); font-size: .89em; white-space: pre-line; }

.bar { flex: none; background: var(--_alert); color: var(--_alert-text); font-size: .9375em; line-height: 1.5; }
.bar:not(:empty) { padding: .55em 1em; border-bottom: 1px solid var(--_alert-line); }
.root[data-link=up] .bar { background: var(--_tint); color: var(--_text); border-color: var(--_line); }

/* Notice before the first input */
.notice { flex: 1; min-height: 0; display: flex; flex-direction: column; background: var(--_surface); }
.notice .reading { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1.1em 1.1em .5em; }
.notice .greeting { font-weight: 700; font-size: 1.125em; line-height: 1.6; margin-bottom: .75em; }
.notice .examples { font-size: .9375em; margin: -.4em 0 .75em; }
.notice h3 { font-size: 1em; font-weight: 400; color: var(--_quiet); padding-bottom: .4em; border-bottom: 1px solid var(--_line); }
.notice li { display: flex; gap: .8em; padding: .7em 0; border-bottom: 1px solid var(--_line); }
.notice li .icon { margin-top: .1em; width: 1.5em; height: 1.5em; color: var(--_ink); }
.notice strong { display: block; line-height: 1.5; }
.notice li p { font-size: .9375em; line-height: 1.65; }
.notice .more { padding: .75em 0; font-size: .9375em; color: var(--_quiet); }
.notice .forget { padding: .75em 0; }
.notice .begin { flex: none; padding: .75em 1.1em calc(.9em + env(safe-area-inset-bottom)); border-top: 1px solid var(--_line); background: var(--_ground); }
.primary, .plain { text-wrap: balance; }
.primary { display: block; width: 100%; min-height: 3.25em; padding: .5em 1em; border: 2px solid var(--_ink); border-radius: var(--_radius);
  background: var(--_accent); color: var(--_accent-text); font-weight: 700; line-height: 1.4; }
.primary:focus-visible { outline-offset: 3px; }
.plain { display: block; width: 100%; min-height: 3em; padding: .4em 1em; border: 2px solid var(--_ink); border-radius: var(--_radius);
  background: var(--_surface); color: var(--_ink); font-weight: 700; line-height: 1.4; }

/* The conversation */
.talk { flex: 1; min-height: 0; display: flex; flex-direction: column; position: relative; }
/* Its own opaque ground lets the browser scroll it as a layer instead of painting the panel anew. */
.record { flex: 1; min-height: 0; overflow-y: auto; background: var(--_ground); overscroll-behavior: contain; padding: .3em .9em .4em; scrollbar-gutter: stable; }
.record:focus-visible { outline-offset: -3px; }
.message { max-width: 100%; margin-top: .6em; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .6em; margin: .4em .2em .1em; color: var(--_quiet); font-size: .89em; line-height: 1.5; }
.bot + .bot .head, .staff + .staff .head, .owner + .owner .head {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.copy { display: flex; align-items: center; gap: .25em; min-width: 44px; margin-left: auto; padding: .1em .5em; border: 0; border-radius: .5em; background: none; color: var(--_ink); }
.copy:hover { background: var(--_tint); }
.copy .icon { width: 1.15em; height: 1.15em; }
.bot + .bot .copy, .staff + .staff .copy { display: none; }
.words { width: fit-content; max-width: 100%; padding: .6em .9em; border: 1px solid var(--_line); border-radius: .2em var(--_radius) var(--_radius);
  background: var(--_surface); text-wrap: pretty; }
.words p { white-space: pre-wrap; min-height: .6em; }
.words p + p { margin-top: .3em; }
.staff .words { border: 2px solid var(--_ink); }
.owner { display: flex; flex-direction: column; align-items: flex-end; padding-left: 12%; }
.owner .words { border-color: transparent; border-radius: var(--_radius) .2em var(--_radius) var(--_radius); background: var(--_accent);
  color: var(--_accent-text); }
.owner.unsent .words { border: 2px dashed var(--_edge); background: var(--_surface); color: var(--_text); }
.state { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: .3em .6em; color: var(--_quiet); font-size: .89em; }
.root:not([data-link=down]) .unsent:not(.refused) .state { display: none; }
.root:not([data-link=down]) .unsent:not(.refused) .words { border: 1px solid transparent; background: var(--_accent); color: var(--_accent-text); }
.state button { padding: .2em .8em; border: 1px solid var(--_edge); border-radius: .5em; background: var(--_surface); }
.kind { margin: .9em .2em .3em; padding: .6em .9em; border-left: 4px solid var(--_ink); background: var(--_tint); font-size: .9375em; }
.typing { min-height: 1.9em; padding: .5em .2em 0; color: var(--_quiet); font-size: .89em; display: flex; align-items: center; gap: .6em; }
.dots { display: flex; gap: .25em; }
.dots i { width: .45em; height: .45em; border-radius: 50%; background: var(--_ink); animation: breathe 1.2s infinite ease-in-out; }
.dots i:nth-child(2) { animation-delay: .2s; } .dots i:nth-child(3) { animation-delay: .4s; }
@keyframes breathe { 0%, 70%, 100% { opacity: .3; } 35% { opacity: 1; } }

/* Choices */
.choices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(10em, 100%), 1fr)); gap: .5em; margin-top: .55em; }
.choices button { min-height: 3.2em; padding: .4em .75em; border: 2px solid var(--_ink); border-radius: var(--_radius); background: var(--_surface);
  color: var(--_ink); font-size: .9375em; font-weight: 700; line-height: 1.45; text-align: start; word-break: keep-all; text-wrap: balance; }
.choices button:hover { background: var(--_tint); }
.choices.topics { grid-template-columns: repeat(auto-fit, minmax(min(8em, 100%), 1fr)); }
.choices .all { border-style: dashed; font-weight: 400; }
.choices.frozen { display: block; margin-top: .3em; }
.used { border: 0; }
.used summary { min-height: 44px; padding: .2em; gap: .35em; justify-content: flex-start; font-size: .9375em; color: var(--_quiet); }
.used summary strong { color: var(--_text); }
.used li { padding: .1em 1em; color: var(--_quiet); font-size: .9375em; }
.picker { position: absolute; inset: 0; z-index: 1; overflow-y: auto; overscroll-behavior: contain; padding: .7em .9em 1em; background: var(--_surface); }
.picker h3 { font-size: 1em; line-height: 1.5; }
.picker .choices { grid-template-columns: repeat(auto-fit, minmax(min(12em, 100%), 1fr)); margin-bottom: .8em; }
.only .page { margin-top: .55em; padding: .4em 1em; border: 2px solid var(--_ink); border-radius: var(--_radius); background: var(--_surface); text-decoration: none; word-break: keep-all; }

/* Cards */
.card { margin-top: .55em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface); overflow: hidden; }
.card h3 { padding: .65em .9em .5em; font-size: 1.0625em; line-height: 1.5; }
.road { padding: 0 .9em .9em; }
.road svg { width: 100%; height: auto; overflow: visible; }
.road text { font-family: inherit; fill: var(--_text); }
.road .stop { fill: var(--_accent); stroke: var(--_ink); stroke-width: 2; }
.road .stop + text { fill: var(--_accent-text); font-weight: 700; }
.road .later { fill: var(--_surface); } .road .later + text { fill: var(--_ink); }
.road .maybe { stroke-dasharray: 4 3; }
.road .way { fill: none; stroke: var(--_ink); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
details { border-top: 1px solid var(--_line); }
summary { display: flex; align-items: center; gap: .7em; min-height: 3.2em; padding: .55em .9em; cursor: pointer; list-style: none; line-height: 1.45; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--_tint); }
summary:focus-visible { outline-offset: -3px; }
summary .order { flex: none; min-width: 3.6em; padding: .1em .5em; border: 2px solid var(--_ink); border-radius: 1em; background: var(--_surface); color: var(--_ink);
  font-size: .89em; font-weight: 700; text-align: center; }
summary .order.first { background: var(--_accent); color: var(--_accent-text); }
summary .name { flex: 1; min-width: 0; font-weight: 700; word-break: keep-all; }
summary .when { display: block; font-weight: 400; font-size: .89em; color: var(--_quiet); }
summary .icon { transition: transform .15s; color: var(--_ink); }
details[open] > summary .icon { transform: rotate(180deg); }
.fold > summary .name { color: var(--_ink); }
.within { border-top: 1px dotted var(--_edge); }
.within > summary { font-size: .9375em; }
.facts { padding: .1em .9em .8em; }
.facts div { padding: .35em 0; }
.facts dt { color: var(--_quiet); font-size: .89em; line-height: 1.5; }
.facts dd { line-height: 1.65; }
.facts .small { display: flex; flex-wrap: wrap; gap: 0 .6em; padding: .1em 0; }
.facts .small dt, .facts .small dd { font-size: .89em; color: var(--_quiet); }
.facts :not(.small) + .small { margin-top: .35em; padding-top: .5em; border-top: 1px dotted var(--_edge); }
.page { display: inline-flex; align-items: center; gap: .35em; min-height: 44px; padding: .2em 0; line-height: 1.5; font-weight: 700; }
.small .page { font-weight: 400; }
.page .icon { width: 1.05em; height: 1.05em; }
.call { display: inline-flex; align-items: center; gap: .5em; min-height: 48px; margin: .2em .5em .2em 0; padding: .25em .95em; border: 2px solid var(--_ink); border-radius: var(--_radius);
  color: var(--_ink); font-weight: 700; font-size: 1.125em; line-height: 1.3; text-decoration: none; font-variant-numeric: tabular-nums; }
.call:hover { background: var(--_tint); }
.closing { padding: .7em .9em; border-top: 1px solid var(--_line); background: var(--_warm); }
.closing dt { font-weight: 700; line-height: 1.5; color: var(--_warm-text); font-size: .9375em; }
.closing div + div { margin-top: .5em; }
.help { border: 2px solid var(--_ink); }
.help h3 { background: var(--_tint); padding-bottom: .65em; }
.help .facts { padding-top: .3em; }
.help .facts div:not(.small) + div:not(.small) { border-top: 1px solid var(--_line); }
.help .facts div:not(.small) dt { color: inherit; font-size: .9375em; font-weight: 700; }
.after { display: block; font-size: .89em; color: var(--_quiet); }

/* Below the conversation */
.jump { flex: none; display: flex; align-items: center; justify-content: center; gap: .4em; padding: .2em 1em; border: 0; border-top: 1px solid var(--_line);
  background: var(--_tint); color: var(--_ink); font-size: .89em; font-weight: 700; }
form { flex: none; padding: .5em .8em calc(.55em + env(safe-area-inset-bottom)); border-top: 1px solid var(--_line); background: var(--_surface); }
.any-time { flex: none; display: inline-flex; align-items: center; gap: .3em; padding: .15em .55em; border: 1px solid var(--_edge); border-radius: 3em; background: var(--_surface); color: var(--_ink);
  font-size: .89em; font-weight: 700; line-height: 1.3; }
/* Side by side on a narrow telephone too. */
@media (max-width: 27em) { .dial .short { display: none; } header button, header a { padding: .2em .3em; } .any-time .icon { display: none; } .any-time { padding: .15em .4em; } }
.any-time:hover { background: var(--_tint); }
.write { display: flex; flex-wrap: wrap; align-items: flex-end; gap: .5em; margin-top: .4em; }
/* Little height, as with a keyboard or zoomed in, belongs to the conversation: these lie at its end. */
.record .beside { margin-top: .8em; }
.root[data-low] form { padding-block: .25em calc(.25em + env(safe-area-inset-bottom)); }
.root[data-low] .write { margin: 0; }
.root[data-low] .record { padding-block: .3em .6em; }
textarea { flex: 1 1 12em; min-width: 0; min-height: 48px; max-height: 9em; padding: .55em .6em; border: 2px solid var(--_edge); border-radius: var(--_radius); background: var(--_field); color: inherit; word-break: normal;
  /* Below 16 px an iPhone zooms in when the field is touched. */
  font-size: max(16px, 1em); line-height: 1.5; resize: none; }
textarea::placeholder { color: var(--_quiet); opacity: 1; white-space: nowrap; }
textarea:focus-visible { outline-offset: 0; border-color: var(--_ink); outline-width: 2px; }
.send { flex: 1 0 auto; max-width: 100%; min-width: 4em; min-height: 48px; padding: .3em 1em; border: 2px solid var(--_ink); border-radius: var(--_radius); background: var(--_accent); color: var(--_accent-text); font-weight: 700; }
.beside { display: flex; flex-wrap: wrap; align-items: center; gap: .4em .45em; }
.hint { font-size: .89em; line-height: 1.45; color: var(--_quiet); }
.hint:not(:empty) { margin-top: .3em; }

.ask { width: min(22em, calc(100% - 2em)); max-width: none; padding: 1.2em; border: 0; border-radius: var(--_radius); background: var(--_surface); color: inherit; box-shadow: 0 8px 40px rgb(30 30 20 / .35); }
.ask::backdrop { background: rgb(30 30 20 / .45); }
.ask h3 { font-size: 1.0625em; line-height: 1.6; }
.ask p { margin: .4em 0 1em; }
.ask button + button { margin-top: .6em; }

@media (pointer: coarse) { .keys { display: none; } }
@media (prefers-color-scheme: dark) {
  /* A page with colours of its own for the ground keeps them. */
  .root:not([data-own-colours]) {
    color-scheme: dark;
    --_surface: #1f2623; --_ground: #161b19; --_text: #e9efeb; --_quiet: #b3bfb8; --_line: #3d4843; --_edge: #7f8f87; --_field: #161b19;
    --_ink: #93d3ba; --_ink: color-mix(in srgb, var(--_accent) 42%, #fff);
    --_tint: #25372f; --_tint: color-mix(in srgb, var(--_accent) 38%, #1f2623);
    --_warm: #35301f; --_warm-text: #f2dfae; --_alert: #4a3a10; --_alert-text: #fdeec4; --_alert-line: #7d6526;
  }
}
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) {
  .owner .words, .closing, header, .bar, .menu, .picker, .kind { border: 1px solid; }
  .primary, .send, .launcher { border: 3px solid; }
  .road text, .road .stop + text { fill: CanvasText; } .road .stop { fill: Canvas; stroke: CanvasText; } .road .way { stroke: CanvasText; }
  .dots i { background: CanvasText; }
}
@media print { .root { display: none; } }
`;

  const PRINT_STYLE = `
:host { all: initial !important; display: none !important; }
@media print {
  :host { display: block !important; }
  article { color: #000; font: 11pt/1.65 "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", Meiryo, sans-serif; line-break: strict; overflow-wrap: anywhere; }
  h1 { font-size: 15pt; margin: 0; } h3 { font-size: 12pt; margin: 0 0 4pt; } p, dl, dd { margin: 0; }
  .small-print, dt, .when, .after { color: #444; font-size: 9.5pt; }
  .top { border-bottom: 1pt solid #000; padding-bottom: 6pt; margin-bottom: 8pt; }
  .message { margin-top: 9pt; }
  .head { display: flex; gap: .6em; font-size: 9.5pt; break-after: avoid; } .who { font-weight: 700; }
  .owner .words { padding-left: 8pt; border-left: 3pt solid #888; }
  .choices { color: #444; font-size: 9.5pt; } .choices strong { color: #000; } .choices li, .choices span { display: inline; margin: 0 1em 0 0; } .used { border: 0; padding: 0; }
  .card { border: .75pt solid #777; padding: 6pt 8pt; margin-top: 5pt; }
  .road svg { max-width: 9cm; } .road text { font-family: inherit; fill: #000; } .road .stop { fill: #fff; stroke: #000; stroke-width: 1.5; }
  .road .maybe { stroke-dasharray: 4 3; } .road .way { fill: none; stroke: #000; stroke-width: 1.5; }
  details { border-top: .5pt solid #aaa; padding: 5pt 0; break-inside: avoid; } summary { list-style: none; font-weight: 700; break-after: avoid; }
  .fold { border: 0; padding: 0; break-inside: auto; } .fold > summary { display: none; }
  .order { border: .75pt solid #000; border-radius: 1em; padding: 0 .5em; margin-right: .5em; font-size: 9.5pt; } .when { margin-left: .6em; font-weight: 400; }
  dl > div { display: flex; gap: .8em; break-inside: avoid; } dt { flex: none; width: 7.5em; padding-top: .15em; } dd { flex: 1; }
  a { color: #000; } a.page::after { content: " " attr(href); font-size: 9pt; overflow-wrap: anywhere; }
  .icon, .state, .copy, .visually-hidden, .beside { display: none; } ul { margin: 0; padding: 0; }
}
`;
  // While our print-out is in the page, nothing else of the page is printed.
  const PRINT_PAGE_STYLE = `@media print { body > :not([data-kakaritsuke-print]) { display: none !important; } }`;

  const ICONS = {
    talk: ["M4 5h16v11H10l-4.5 4v-4H4z", "M8 9h8", "M8 12h5"],
    close: ["M6 6l12 12", "M18 6L6 18"],
    down: ["M6 9l6 6 6-6"],
    menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
    list: ["M9 6h11", "M9 12h11", "M9 18h11", "M4.500 6v.1", "M4.500 12v.1", "M4.500 18v.1"],
    copy: ["M9 8h11v12H9z", "M15 8V4H4v12h5"],
    phone: ["M6 3h3.2l1.6 4.6-2.3 1.6a12 12 0 0 0 6.300 6.300l1.600-2.300L21 14.800V18a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"],
    out: ["M10 5H5v14h14v-5", "M14 4h6v6", "M20 4l-9 9"],
    check: ["M5 12.500l4.500 4.500L19 7"],
    person: ["M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z", "M4.500 20.500c.6-4 3.600-6 7.500-6s6.900 2 7.500 6"],
    heart: ["M12 19.500C7 16 4 13 4 9.500a4 4 0 0 1 8-1.200a4 4 0 0 1 8 1.200c0 3.500-3 6.500-8 10z"],
    robot: ["M5 9h14v10H5z", "M12 9V5", "M12 4.500v.1", "M9 13v1.500", "M15 13v1.500"],
    pencil: ["M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z", "M14 6.500l3.500 3.500"],
    folder: ["M4 6h6l2 2.500h8V19H4z"],
  };

  /** Give a shadow root or the document a style sheet in a way that a strict CSP allows. Returns how to take it away. */
  function dress(place, css) {
    if (!("adoptedStyleSheets" in place)) {
      // Before Safari 16.4 there is only <style>; such a phone needs 'unsafe-inline' or sees the chat unstyled.
      const style = build("style", {}, css);
      (place.head ?? place).append(style);
      return () => style.remove();
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
    return () => {
      place.adoptedStyleSheets = place.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }

  // ---------------------------------------------------------------- building elements
  // Whatever comes from the server or the owner becomes a text node; markup is never parsed.

  /** An element; attributes that are false or null are left out, functions are listeners, children are nodes or text. */
  function build(tag, attributes = {}, ...children) {
    const nodes = children.flatMap((child) => (typeof child === "string" ? withWholeWords(child) : [child]));
    return furnish(document.createElement(tag), attributes, nodes);
  }

  /** A text in which what must not be broken at the end of a line is held together. */
  function withWholeWords(text) {
    return text.split(WHOLE).map((piece, index) => (index % 2 ? furnish(document.createElement("span"), { class: "whole" }, [piece]) : piece));
  }

  function draw(tag, attributes = {}, ...children) {
    return furnish(document.createElementNS(SVG, tag), attributes, children);
  }

  function furnish(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child != null && child !== false && child !== ""));
    return element;
  }

  function icon(name) {
    return draw("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, ...ICONS[name].map((d) => draw("path", { d })));
  }

  const textOf = (value) => (typeof value === "string" ? value : "");
  const listOf = (value) => (Array.isArray(value) ? value : []);

  // ---------------------------------------------------------------- links

  /** Whether an address may become a link: https:, tel:, and in development what our own server says of itself. */
  function isSafe(address) {
    if (typeof address !== "string" || /[\s\\\u0000-\u001f]/.test(address)) return false;
    return /^https:\/\/[^/]/i.test(address) || isPhone(address) || (ON_THIS_MACHINE && address.startsWith(`${SERVER}/`));
  }

  function isPhone(address) {
    return typeof address === "string" && /^tel:\+?[\d#*][\d#*-]*$/i.test(address);
  }

  function pageLink(address, label) {
    return build(
      "a",
      { class: "page", href: address, target: "_blank", rel: "noopener noreferrer" },
      build("span", {}, ...breakable(label)), icon("out"), build("span", { class: "visually-hidden" }, WORDS.newTab),
    );
  }

  function callLink(address, label) {
    return build("a", { class: "call", href: address }, icon("phone"), build("span", { class: "visually-hidden" }, `${WORDS.call} `), label);
  }

  /** A text as nodes; https: and tel: addresses in it become links. */
  function linked(text) {
    const nodes = [];
    let end = 0;
    for (const match of text.matchAll(/(?:https:\/\/|tel:)[\w\-.~:/?#[\]@!$&*+,;=%]+/gi)) {
      const address = match[0].replace(/[.,;:!?]+$/, "");
      if (!isSafe(address)) continue;
      nodes.push(text.slice(end, match.index), isPhone(address) ? callLink(address, address.slice(4)) : pageLink(address, address));
      end = match.index + address.length;
    }
    return [...nodes, text.slice(end)];
  }

  /** When something was said: the time, and of another day the day. */
  function timeOf(at) {
    const then = new Date(at);
    if (Number.isNaN(then.getTime())) return null;
    const day = then.toDateString() === new Date().toDateString() ? {} : { month: "long", day: "numeric" };
    return build("time", { datetime: then.toISOString() }, then.toLocaleString("ja-JP", { ...day, hour: "numeric", minute: "2-digit" }));
  }

  /** A text, one paragraph a line; `inline` makes the nodes of a line. */
  function paragraphs(text, inline) {
    return build("div", { class: "words" }, ...text.split("\n").map((line) => build("p", {}, ...inline(line))));
  }

  // ---------------------------------------------------------------- message parts (the JSON of bot/messages.py)

  /** The element of a part; null for one that this widget does not know, whose plain text is shown instead. */
  function renderPart(part, press) {
    if (part === null || typeof part !== "object") return null;
    if (part.type === "choices" && Array.isArray(part.choices)) return renderChoices(part, press);
    if (part.type === "referral" && Array.isArray(part.steps)) return renderReferral(part);
    if (part.type === "notice" && Array.isArray(part.lines)) return renderHelp(part);
    return null;
  }

  function renderChoices(part, press) {
    const choices = listOf(part.choices);
    const ids = choices.map((choice) => textOf(choice?.id));
    const isAllTopics = TOPICS.length > MOST_EXAMPLES && TOPICS.every(({ id }) => ids.includes(id));
    if (!isAllTopics) return build("div", { class: "choices", role: "group", "aria-label": WORDS.choices }, ...choiceButtons(choices, press));
    const all = build("button", { type: "button", class: "all", click: (event) => press(event.currentTarget, ALL_TOPICS) }, filled(WORDS.allTopics, { count: TOPICS.length }));
    return build("div", { class: "choices topics", role: "group", "aria-label": WORDS.choices }, ...choiceButtons(examples(), press), all);
  }

  function choiceButtons(choices, press) {
    return choices.map((choice) => {
      const label = textOf(choice?.label);
      return build("button", { type: "button", "data-label": label, click: (event) => press(event.currentTarget, textOf(choice?.id), label) }, ...breakable(label));
    });
  }

  const MOST_EXAMPLES = 3;
  const ALL_TOPICS = Symbol("all topics");

  /** Some of what one can ask about, those that data/channels/web.yml names first. */
  function examples() {
    const place = ({ id }) => (WORDS.examples.includes(id) ? WORDS.examples.indexOf(id) : TOPICS.length);
    return [...TOPICS].sort((a, b) => place(a) - place(b)).slice(0, MOST_EXAMPLES);
  }

  /** Take the choices out of use: what was chosen is one line, what else was offered is folded behind it. */
  function freeze(choices, chosenLabel) {
    choices.setAttribute("aria-live", "off"); // what changes here is no new message
    choices.classList.add("frozen");
    const labels = [...choices.querySelectorAll("[data-label]")].map((button) => button.dataset.label);
    const others = labels.filter((label) => label !== chosenLabel);
    const said = others.length < labels.length ? [icon("check"), `${WORDS.chosen}：`, build("strong", {}, chosenLabel)] : [filled(WORDS.notChosen, { count: labels.length })];
    const summary = build("summary", {}, ...said, icon("down"));
    const hadFocus = choices.contains(choices.getRootNode().activeElement);
    choices.replaceChildren(build("details", { class: "used" }, summary, build("ul", {}, ...others.map((label) => build("li", {}, label)))));
    if (hadFocus) summary.focus({ preventScroll: true }); // nobody loses their place
  }

  const OTHERS_AT_FIRST = 4;

  /** A road: its first step open, the others folded; of many others the later ones behind one line more. */
  function renderReferral(part) {
    const steps = listOf(part.steps);
    const [title, seeMore] = [textOf(part.title), textOf(part.see_more)];
    const closing = [...listOf(part.closing), ...listOf(part.sources)].map((fact) => renderFact(fact));
    const rendered = steps.map((step, index) => renderStep(step, index === 0));
    const later = seeMore ? rendered.splice(1 + OTHERS_AT_FIRST) : [];
    return build(
      "section",
      { class: "card referral" },
      build("h3", {}, title),
      renderRoad(title, steps),
      ...rendered,
      later.length > 0 && renderFold("fold", seeMore, ...later),
      closing.length > 0 && build("dl", { class: "closing" }, ...closing),
    );
  }

  function renderStep(step, open) {
    const when = textOf(step.when);
    const [short, all] = [listOf(step.short), listOf(step.facts)];
    const rest = all.filter((fact) => !short.some((one) => one?.label === fact?.label && one?.text === fact?.text));
    const facts = (some) => build("dl", { class: "facts" }, ...some.map((fact) => renderFact(fact)));
    return build(
      "details",
      { open },
      build(
        "summary",
        {},
        build("span", { class: step.order === "first" ? "order first" : "order" }, textOf(step.order_label)),
        build("span", { class: "name" }, ...breakable(textOf(step.institution)), when && build("span", { class: "when" }, when)),
        icon("down"),
      ),
      ...(open && short.length > 0
        ? [facts(short), rest.length > 0 && renderFold("fold within", WORDS.details, facts(rest))]
        : [facts([...short, ...rest])]),
    );
  }

  function renderFold(kind, label, ...inside) {
    return build("details", { class: kind }, build("summary", {}, build("span", { class: "name" }, label), icon("down")), ...inside);
  }

  // Labels that are printed small; a label that is not among them looks like any other.
  const SMALL_PRINT = new Set(["出典", "確認日"]);

  function renderFact(fact) {
    const label = textOf(fact?.label);
    const body = factBody(textOf(fact?.text), fact?.link, listOf(fact?.more_links));
    return build("div", { class: SMALL_PRINT.has(label) && "small" }, build("dt", {}, label), build("dd", {}, ...body));
  }

  /** A fact's text with its links: a page to open, or each number to call with what the text says of them after it. */
  function factBody(text, address, more) {
    const phones = [address, ...more].filter(isPhone);
    if (phones.length > 0) {
      const numbers = phones.map((phone) => phone.slice("tel:".length));
      if (!text.startsWith(numbers[0])) return phones.map((phone, index) => callLink(phone, index === 0 ? text : numbers[index]));
      const left = numbers.reduce((words, number) => words.replace(number, ""), text);
      const rest = left.replace(/^[\s/・、]+/, "").replace(/^[（(]([\s\S]*)[）)]$/, "$1");
      return [...phones.map((phone, index) => callLink(phone, numbers[index])), rest && build("span", { class: "after" }, rest)];
    }
    if (isSafe(address)) return [pageLink(address, text)];
    // An address without encryption is shown, not linked; anything else is no address.
    return /^http:\/\/\S+$/.test(textOf(address)) ? [`${text}（${address}）`] : linked(text);
  }

  function renderHelp(part) {
    const title = textOf(part.title);
    const lines = listOf(part.lines);
    const [only] = lines;
    if (lines.length === 1 && textOf(only?.label) === title && isSafe(only?.link)) {
      // A card of one link is a button that says what it is.
      return build("p", { class: "only" }, pageLink(only.link, filled(WORDS.opens, { title, text: textOf(only.text) })));
    }
    return build(
      "section",
      { class: "card help" },
      build("h3", {}, title),
      build("dl", { class: "facts" }, ...lines.map((line) => renderFact(line))),
    );
  }

  // ---------------------------------------------------------------- the road: まず → 次に → 必要なら
  // Drawn in units of 1/16 em, so that a wider panel shows more of it and larger letters make it larger.

  const EM = 16;
  const LINE = 22;
  const NARROWEST_COLUMN = 5 * EM;
  const SHORTEST_LINE = 5 * EM;
  const roads = new WeakMap();
  let roadCount = 0;

  function renderRoad(title, steps) {
    const stages = [];
    for (const step of steps) {
      const label = textOf(step?.order_label);
      if (stages.at(-1)?.label !== label) stages.push({ label, order: step?.order, names: [] });
      stages.at(-1).names.push(textOf(step?.institution));
    }
    const figure = build("div", { class: "road" });
    roads.set(figure, { title, stages, number: (roadCount += 1) }); // drawn once it is in the page
    return figure;
  }

  /** Draw a road for the width and the letters that it has now; where it cannot be seen, for those of a phone. */
  function redrawRoad(figure) {
    const { title, stages, number, drawnFor } = roads.get(figure);
    const style = figure.isConnected ? getComputedStyle(figure) : null;
    const inner = style ? figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) : 0;
    const width = inner > 0 ? Math.round((inner / parseFloat(style.fontSize)) * EM) : 20 * EM;
    if (width === drawnFor) return;
    roads.get(figure).drawnFor = width;
    const columns = columnsFor(stages, width);
    const { shapes, height } = columns ? roadAcross(stages, columns) : roadDown(stages, width);
    const [titleId, descId] = [`road-title-${number}`, `road-desc-${number}`];
    const said = stages.map((stage) => `${stage.label}、${stage.names.join("、")}。`).join("");
    figure.replaceChildren(
      draw(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${titleId} ${descId}` },
        draw("title", { id: titleId }, title), draw("desc", { id: descId }, said), ...shapes,
      ),
    );
  }

  /** A width for each stage: the short ones have what they want, the long ones share the rest. Null where that is too little. */
  function columnsFor(stages, width) {
    const stops = stages.map((stage) => stopHalfWidth(stage) * 2 + 0.5 * EM);
    const wanted = stages.map((stage, index) => Math.max(stops[index], ...stage.names.map((name) => widthOf(name) + 8)));
    const sumUpTo = (most) => wanted.reduce((sum, one) => sum + Math.min(one, most), 0);
    let most = Math.max(...wanted);
    while (sumUpTo(most) > width && most > 0) most -= EM / 4;
    if (most < Math.max(NARROWEST_COLUMN, ...stops)) return null;
    const spare = (width - sumUpTo(most)) / stages.length;
    return wanted.map((one) => Math.min(one, most) + spare);
  }

  function roadAcross(stages, columns) {
    const shapes = [];
    let [left, end, deepest] = [0, 0, 0];
    stages.forEach((stage, index) => {
      const column = columns[index];
      const middle = left + column / 2;
      const half = stopHalfWidth(stage);
      if (index > 0) shapes.push(...arrow(end + 6, 16, middle - half - 7, 16));
      shapes.push(...stop(stage, index, middle, 16));
      let y = 54;
      for (const name of stage.names) {
        for (const line of wrap(name, column - 6)) {
          shapes.push(lettering(line, middle, y, "middle"));
          y += LINE - 2;
        }
        y += 9;
      }
      deepest = Math.max(deepest, y - 20);
      end = middle + half;
      left += column;
    });
    return { shapes, height: deepest };
  }

  function roadDown(stages, width) {
    const left = 2.6 * EM;
    const below = width - left * 2 - 9 < SHORTEST_LINE; // in large letters on a phone: names below their stop
    const [from, room, arrowAt] = below ? [1.6 * EM, width - 1.6 * EM, 0.6 * EM] : [left * 2 + 8, width - left * 2 - 9, left];
    const shapes = [];
    let y = 16;
    stages.forEach((stage, index) => {
      shapes.push(...stop(stage, index, below ? stopHalfWidth(stage) : left, y));
      let line = below ? y + 38 : y + 5;
      for (const name of stage.names) {
        for (const part of wrap(name, room)) {
          shapes.push(lettering(part, from, line, "start"));
          line += LINE;
        }
        line += 5;
      }
      const next = Math.max(y + 50, line + 14);
      if (index < stages.length - 1) shapes.push(...arrow(arrowAt, y + 20, arrowAt, next - 21));
      y = index < stages.length - 1 ? next : Math.max(y + 18, line - LINE);
    });
    return { shapes, height: y };
  }

  const stopHalfWidth = (stage) => (widthOf(stage.label) + 1.3 * EM) / 2;

  function stop(stage, index, x, y) {
    const half = stopHalfWidth(stage);
    const kind = stage.order === "if_needed" ? "stop later maybe" : index === 0 ? "stop" : "stop later";
    return [
      draw("rect", { class: kind, x: x - half, y: y - 15, width: half * 2, height: 30, rx: 15 }),
      draw("text", { x, y: y + 5.5, "text-anchor": "middle", "font-size": EM }, stage.label),
    ];
  }

  function lettering(text, x, y, anchor) {
    return draw("text", { x, y, "text-anchor": anchor, "font-size": EM }, text);
  }

  function arrow(x1, y1, x2, y2) {
    const head = x1 === x2 ? `M${x2 - 5} ${y2 - 6}L${x2} ${y2}L${x2 + 5} ${y2 - 6}` : `M${x2 - 6} ${y2 - 5}L${x2} ${y2}L${x2 - 6} ${y2 + 5}`;
    return [draw("path", { class: "way", d: `M${x1} ${y1}L${x2} ${y2}${head}` })];
  }

  /** A text's width where kana and kanji are square and Latin letters a little more than half as wide. */
  const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter < "\u2000" ? 0.58 : 1) * EM, 0);

  /** A text in as few lines of at most `width` as it takes, of much the same length, broken between words. */
  function wrap(text, width) {
    const words = wordsOf(text);
    const lines = fill(words, width);
    const widest = Math.max(EM * 2, ...[...words, ...phrasesOf(words)].map(widthOf).filter((one) => one <= width)); // is not broken to balance
    for (let narrower = width - EM / 2; narrower >= widest; narrower -= EM / 2) {
      const balanced = fill(words, narrower);
      if (balanced.length > lines.length || balanced.some((line) => widthOf(line) > narrower)) return lines;
      lines.splice(0, lines.length, ...balanced);
    }
    return lines;
  }

  let segmenter = null; // costly to make
  function wordsOf(text) {
    if (!("Segmenter" in Intl)) return [...text];
    segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
    return text.split(WHOLE).flatMap((piece, index) => (index % 2 ? [piece] : [...segmenter.segment(piece)].map(({ segment }) => segment)));
  }

  /** Words as they may stand on a line: 商工 and 会議所 together, and what ends a word with it. */
  function phrasesOf(words) {
    const phrases = [];
    for (const word of words) {
      const before = phrases.at(-1) ?? "";
      const joinsHan = /\p{Script=Han}$/u.test(before) && /^\p{Script=Han}/u.test(word);
      const ends = /^[\p{Script=Hiragana}ー・、。）]/u.test(word) || (/^\p{Script=Han}$/u.test(word) && !/[・、。）]$/.test(before));
      const belongs = joinsHan || ends;
      if (before && belongs && !WORDS.whole.includes(word)) phrases[phrases.length - 1] += word;
      else phrases.push(word);
    }
    return phrases;
  }

  /** A short text that breaks between its phrases alone, in browsers without `auto-phrase` as well. */
  const breakable = (text) => phrasesOf(wordsOf(text)).flatMap((phrase) => [phrase, build("wbr")]);

  function fill(words, width) {
    const lines = [""];
    const fitting = (pieces, smaller) => pieces.flatMap((piece) => (widthOf(piece) > width ? smaller(piece) : [piece]));
    for (const piece of fitting(fitting(phrasesOf(words), wordsOf), (word) => [...word])) {
      const mayStart = !/^[・、。）ー]/.test(piece);
      if (lines.at(-1) && mayStart && widthOf(lines.at(-1) + piece) > width) lines.push("");
      lines[lines.length - 1] += piece;
    }
    return lines;
  }

  // ---------------------------------------------------------------- what the browser keeps

  /** Values kept under one name in a Storage; in memory where the browser keeps nothing. */
  class Keepsake {
    #memory = new Map();

    constructor(storage) {
      this.#storage = storage;
    }

    #storage;

    get(key) {
      return this.#try((storage) => storage.getItem(keyOf(key))) ?? this.#memory.get(key) ?? null;
    }

    set(key, value) {
      this.#memory.set(key, value);
      this.#try((storage) => storage.setItem(keyOf(key), value));
    }

    delete(key) {
      this.#memory.delete(key);
      this.#try((storage) => storage.removeItem(keyOf(key)));
    }

    keys() {
      const kept = this.#try((storage) => Object.keys(storage).filter((key) => key.startsWith(keyOf("")))) ?? [];
      return [...new Set([...kept.map((key) => key.slice(keyOf("").length)), ...this.#memory.keys()])];
    }

    /** Browsers throw where storage is forbidden (cookies blocked, a sandboxed frame) or full; the chat works on without. */
    #try(use) {
      try {
        return use(this.#storage());
      } catch {
        return null;
      }
    }
  }

  const keyOf = (key) => `kakaritsuke ${SERVER} ${key}`;
  const SESSION = "session";
  const UNSENT = "unsent ";
  const SIZE = "size";
  const OPEN = "open";
  const DRAFT = "draft";

  // ---------------------------------------------------------------- the conversation with the server

  const SHORTEST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const LONGEST_WAIT_UNSENT_MS = 2000;
  const TURN_LIMIT_MS = 60000;
  const AGAIN = "again"; // why a call was broken off: to be made again at once
  const SILENCE_LIMIT_MS = 40000; // the server says something every 15 s

  /** Waits that double up to a limit, each with chance in it, so that widgets do not all come back at once. */
  class Backoff {
    #wait = SHORTEST_WAIT_MS;

    next() {
      const wait = this.#wait * (0.5 + Math.random());
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
      return wait;
    }

    reset() {
      this.#wait = SHORTEST_WAIT_MS;
    }
  }

  /**
   * One session with the server: sends what the owner says, each message under an id of its own until it is answered,
   * and follows what others say. It tells `view` what to show, and ends with `close`, with `view.expired` at a 401,
   * or with `view.forgotten` when its records were deleted, from here or elsewhere (410).
   */
  class Conversation {
    #keepsake;
    #view;
    #token;
    #unsent = [];
    #seen = new Set();
    #lastFollowed = 0; // the last number that came in order; an answer to a POST may run ahead of the others
    #end = new AbortController();
    #calls = new Set(); // those that wait for their answer
    #stream = null;
    #wakeUp = () => {};
    #sending = false;

    constructor(keepsake, view, token) {
      this.#keepsake = keepsake;
      this.#view = view;
      this.#token = token;
    }

    get token() {
      return this.#token;
    }

    /** Open the session or take it up again, and follow it. */
    async start() {
      const wake = () => this.#wake();
      const drop = () => this.#stream?.abort();
      const { signal } = this.#end;
      window.addEventListener("online", () => this.tryNow(), { signal });
      window.addEventListener("offline", () => { drop(); this.#view.link("down"); }, { signal });
      // A page in the background, or kept for the way back, holds no connection; it catches up when it is seen again.
      window.addEventListener("pagehide", drop, { signal });
      window.addEventListener("pageshow", wake, { signal });
      document.addEventListener("visibilitychange", () => (document.hidden ? drop() : wake()), { signal });
      if (this.#token) this.#takeUpUnsent();
      else if (!(await this.#open())) return;
      this.#sendAll();
      this.#follow();
    }

    /** Say something: a text, or a choice by its id with its label as text. */
    say(text, choice = null) {
      this.#enqueue({ id: newId(), text, choice, at: Date.now() });
    }

    retry(entry) {
      this.discard(entry);
      this.#enqueue({ ...entry, id: newId(), refused: false });
    }

    /** Whatever waits is tried at once; a call of before the network was lost may never be answered. */
    tryNow() {
      for (const call of this.#calls) call.abort(AGAIN);
      this.#wake();
    }

    discard(entry) {
      this.#forget(entry.id);
      this.#view.withdrawn(entry.id);
    }

    /** What was said and not answered yet, for the next session to say. */
    get unsent() {
      return this.#unsent;
    }

    close() {
      this.#end.abort();
      this.#stream?.abort();
      this.#wake();
      for (const entry of this.#unsent) this.#keepsake.delete(UNSENT + entry.id);
    }

    /** Stop without forgetting, as when the element leaves the page. */
    pause() {
      this.#end.abort();
      this.#stream?.abort();
      this.#wake();
    }

    // Sending

    #enqueue(entry) {
      this.#unsent.push(entry);
      this.#keep(entry);
      this.#sendAll();
      this.#view.said(entry); // it is laid out while the message is on its way
    }

    #keep(entry) {
      this.#keepsake.set(UNSENT + entry.id, JSON.stringify({ ...entry, session: this.#token?.slice(-16) }));
    }

    #forget(id) {
      this.#unsent = this.#unsent.filter((entry) => entry.id !== id);
      this.#keepsake.delete(UNSENT + id);
    }

    /** What was not sent before the page was left, unless it belongs to an earlier session. */
    #takeUpUnsent() {
      const kept = this.#keepsake.keys().filter((key) => key.startsWith(UNSENT)).map((key) => JSON.parse(this.#keepsake.get(key)));
      for (const { session, ...entry } of kept.sort((a, b) => a.at - b.at)) {
        if (session === this.#token.slice(-16)) this.#unsent.push(entry);
        else this.#keepsake.delete(UNSENT + entry.id);
      }
    }

    /** Send what waits, one after another in the order it was said. */
    async #sendAll() {
      if (this.#sending || !this.#token) return;
      this.#sending = true;
      const backoff = new Backoff();
      for (let entry; !this.#end.signal.aborted && (entry = this.#unsent.find((waiting) => !waiting.refused)); ) {
        await this.#send(entry, backoff);
      }
      this.#sending = false;
    }

    async #send(entry, backoff) {
      this.#view.typing(true);
      const content = entry.choice ? { choice: entry.choice } : { text: entry.text };
      const answer = await this.#call("POST", "/web/messages", { id: entry.id, ...content });
      if (this.#end.signal.aborted) return;
      const last = answer.status === 200 && answer.body.messages.find(({ part }) => part?.type === "forgotten");
      if (last) return this.#beForgotten(textOf(last.text));
      if (answer.status === 200) {
        backoff.reset();
        this.#forget(entry.id);
        this.#receive(answer.body.messages);
        this.#view.link("up");
      }
      this.#view.typing(false);
      // The answer may be lost where the stream has brought it already.
      if (!this.#unsent.includes(entry)) return;
      if (answer.status === 401) this.#expire();
      else if (answer.status === 410) this.#beForgotten(null);
      else if (answer.status === 422 && entry.choice) this.#sayInstead(entry, { id: newId(), choice: null });
      else if (answer.status === 409) this.#sayInstead(entry, { id: newId() });
      else if (mayWorkLater(answer.status)) await this.#rest(answer, backoff);
      else {
        entry.refused = true;
        if (answer.status === 403) this.#view.link("forbidden");
        this.#view.said(entry);
      }
    }

    /** A choice that is no longer offered is said in words. */
    #sayInstead(entry, change) {
      const before = entry.id;
      this.#keepsake.delete(UNSENT + before);
      Object.assign(entry, change);
      this.#keep(entry);
      this.#view.renamed(before, entry.id);
    }

    // Receiving

    #receive(messages, past = false) {
      const unseen = messages.filter(({ seq }) => !this.#seen.has(seq) && this.#seen.add(seq));
      for (const { id } of unseen) if (id) this.#forget(id);
      if (unseen.length > 0) this.#view.received(unseen, past);
    }

    async #open() {
      const backoff = new Backoff();
      this.#view.typing(true);
      while (!this.#end.signal.aborted) {
        const answer = await this.#call("POST", "/web/session", {});
        if (this.#end.signal.aborted) break;
        if (answer.status === 201) {
          this.#token = answer.body.token;
          this.#keepsake.set(SESSION, this.#token);
          for (const entry of this.#unsent) this.#keep(entry);
          this.#view.link("up");
          this.#receive(answer.body.messages);
          this.#lastFollowed = Math.max(0, ...answer.body.messages.map((message) => message.seq));
          this.#view.typing(false);
          return true;
        }
        if (!mayWorkLater(answer.status)) {
          this.#view.typing(false);
          this.#view.link("forbidden");
          return false;
        }
        await this.#rest(answer, backoff);
      }
      return false;
    }

    /** What was said before, then what is said from now on, over as many connections as it takes. */
    async #follow() {
      const backoff = new Backoff();
      let past = this.#lastFollowed === 0;
      while (!this.#end.signal.aborted) {
        if (document.hidden) {
          await this.#woken();
          continue;
        }
        const answer = past ? await this.#call("GET", "/web/messages?after=0") : await this.#openStream();
        if (this.#end.signal.aborted) return;
        if (answer.status === 401) return this.#expire();
        if (answer.status === 410) return this.#beForgotten(null);
        if (answer.status !== 200) {
          if (answer.status === 403) return this.#view.link("forbidden");
          await this.#rest(answer, backoff);
          continue;
        }
        backoff.reset();
        this.#view.link("up");
        if (past) {
          this.#receive(answer.body.messages, true);
          this.#lastFollowed = Math.max(0, ...answer.body.messages.map((message) => message.seq));
          this.#view.caughtUp(this.#unsent);
          past = false;
        } else {
          await this.#readStream(answer.stream);
          this.#view.typing(this.#sending);
          await this.#woken(SHORTEST_WAIT_MS * Math.random());
        }
      }
    }

    async #openStream() {
      this.#stream = new AbortController();
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${this.#token}`, "Last-Event-ID": String(this.#lastFollowed) };
      const response = await reach("/web/events", { headers, signal: this.#stream.signal });
      return response?.ok ? { status: 200, stream: response.body.getReader() } : answerOf(response, null);
    }

    async #readStream(reader) {
      const decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const silence = setTimeout(() => this.#stream.abort(), SILENCE_LIMIT_MS);
        // A connection that breaks rejects; for us it has ended, as one that the server closes.
        const { done, value } = await reader.read().catch(() => ({ done: true }));
        clearTimeout(silence);
        if (done || this.#end.signal.aborted) return;
        const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) this.#hear(block);
      }
    }

    #hear(block) {
      const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()]));
      if (fields.get("event") === "typing") this.#view.typing(JSON.parse(fields.get("data")).typing || this.#sending);
      if (fields.get("event") !== "message") return;
      const message = JSON.parse(fields.get("data"));
      this.#receive([message]);
      this.#lastFollowed = Math.max(this.#lastFollowed, message.seq);
    }

    #expire() {
      if (this.#end.signal.aborted) return;
      const unsent = this.#unsent;
      this.close();
      this.#view.expired(unsent, this.#token);
    }

    /** The server has erased everything; `words` say so where it was asked from here. */
    #beForgotten(words) {
      if (this.#end.signal.aborted) return;
      this.close();
      this.#view.forgotten(words, this.#token);
    }

    // The network

    async #call(method, path, body) {
      const limit = new AbortController();
      this.#calls.add(limit);
      const timer = setTimeout(() => limit.abort(), TURN_LIMIT_MS);
      this.#end.signal.addEventListener("abort", () => limit.abort(), { once: true });
      const headers = body ? { "Content-Type": "application/json" } : {};
      if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
      const response = await reach(path, { method, headers, body: body && JSON.stringify(body), signal: limit.signal });
      // An answer that breaks off is as good as none: the same id is asked again.
      const content = response && (await response.json().catch(() => null));
      clearTimeout(timer);
      this.#calls.delete(limit);
      if (content) return answerOf(response, content);
      return { ...answerOf(response?.ok ? null : response, null), again: limit.signal.reason === AGAIN };
    }

    /** Say that it takes longer, and wait: as long as the server asks for, or until the connection may be back. */
    async #rest(answer, backoff) {
      if (answer.again) return;
      const wait = Math.max(backoff.next(), answer.retryAfterS * 1000);
      if (answer.status === 429 || answer.status === 503) {
        this.#view.link(answer.status === 429 ? "busy" : "away", Math.ceil(wait / 1000));
        await sleep(wait, this.#end.signal);
      } else {
        this.#view.link("down");
        // Not every browser tells that the network is back, and somebody waits for what they said.
        await this.#woken(this.#unsent.length > 0 ? Math.min(wait, LONGEST_WAIT_UNSENT_MS) : wait);
      }
    }

    #woken(longest = Infinity) {
      const before = this.#wakeUp;
      return new Promise((resolve) => {
        const timer = longest === Infinity ? null : setTimeout(resolve, longest);
        this.#wakeUp = () => { clearTimeout(timer); before(); resolve(); };
      });
    }

    #wake() {
      const wakeUp = this.#wakeUp;
      this.#wakeUp = () => {};
      wakeUp();
    }
  }

  /** The server's answer, or null where it could not be reached: fetch rejects for that and for nothing else. */
  function reach(path, options) {
    return fetch(SERVER + path, { credentials: "omit", cache: "no-store", referrerPolicy: "strict-origin", ...options }).catch(() => null);
  }

  function answerOf(response, body) {
    return { status: response?.status ?? 0, body, retryAfterS: Number(response?.headers.get("Retry-After")) || 0 };
  }

  const mayWorkLater = (status) => status === 0 || status === 429 || status >= 500;

  function sleep(ms, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }

  /** Not crypto.randomUUID: pages without https do not have it. */
  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // ---------------------------------------------------------------- attributes

  const ATTRIBUTES = ["heading", "greeting", "launcher", "accent", "position", "contact", "contact-link", "retention", "privacy", "open"];
  const DARKEST_CONTRAST = 4.5;

  const VALID = {
    accent: [(value) => /^#[0-9a-f]{6}$/i.test(value) && contrastWithWhite(value) >= DARKEST_CONTRAST, `a colour such as #1e5b47, at least ${DARKEST_CONTRAST}:1 against white`],
    position: [(value) => value === "right" || value === "left", "right or left"],
    "contact-link": [isSafe, "an address that begins with https: or tel:"],
    privacy: [(value) => isSafe(value) && !isPhone(value), "an address that begins with https:"],
  };

  /** An attribute's value; null where it is absent or not valid, and then the console says what is expected. */
  function attributeOf(element, name) {
    const value = element.getAttribute(name)?.trim();
    if (!value) return null;
    const [isValid, expected] = VALID[name] ?? [() => true];
    if (isValid(value)) return value;
    console.warn(`<${NAME}> ${name}="${value}": expected ${expected}; the default is used`);
    return null;
  }

  /** WCAG 2 contrast of a #rrggbb colour with white. */
  function contrastWithWhite(colour) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
  }

  // ---------------------------------------------------------------- the element

  const WHOLE_SCREEN = matchMedia("(max-width: 40rem), (max-height: 26rem)");
  const BY_TOUCH = matchMedia("(pointer: coarse)");
  const SIZES = ["normal", "large", "largest"];
  const ALMOST_PX = 8;
  const DOTS_AFTER_MS = 150;
  const ASIDE_AFTER_MS = 150;
  const COPIED_MS = 3000;
  const LOW_EM = 27; // of the panel, in its letters
  const OWN_COLOURS = ["surface", "ground", "text", "quiet", "line"];
  const plainTexts = new WeakMap(); // what a message says, as text

  class KakaritsukeChat extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    #kept = new Keepsake(() => localStorage);
    #keptInTab = new Keepsake(() => sessionStorage);
    #conversation = null;
    #opener = null;
    #gone = null;
    #open = [];      // choices in use, each with the number of its message
    #mine = new Map(); // elements of what the owner said, by client id
    #unread = 0;
    #placedAt = 0;   // where we last scrolled to; elsewhere means that the reader moved
    #anchor = null;  // what the reader should see from its beginning
    #firstUnseen = null;
    #inTurn = false;
    #person = "";    // the name of whoever has the conversation
    #dotsSoon = 0;
    #asideSoon = 0;
    #height = 0;
    #width = 0;

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: "open" });
      dress(shadow, STYLE);
      this.#build();
      shadow.append(this.root);
    }

    connectedCallback() {
      this.#gone = new AbortController();
      const { signal } = this.#gone;
      const fit = () => this.#fit();
      const stepAside = () => { clearTimeout(this.#asideSoon); this.#asideSoon = setTimeout(() => this.#stepAside(), ASIDE_AFTER_MS); };
      WHOLE_SCREEN.addEventListener("change", fit, { signal });
      window.visualViewport?.addEventListener("resize", fit, { signal });
      window.visualViewport?.addEventListener("scroll", fit, { signal });
      for (const name of ["scroll", "resize"]) window.addEventListener(name, stepAside, { signal, passive: true });
      stepAside();
      window.addEventListener("storage", (event) => this.#followOtherTab(event), { signal });
      document.addEventListener("click", (event) => this.#openFromPage(event), { signal });
      this.#resized = new ResizeObserver(() => { this.#makeRoom(); this.#keepPlace(); });
      this.#resized.observe(this.record);
      this.#resized.observe(this.panel);
      this.#setSize(this.#kept.get(SIZE));
      this.field.value = this.#keptInTab.get(DRAFT) ?? "";
      const wasOpen = this.#keptInTab.get(OPEN) !== null;
      // A page may ask for an open chat, but not cover the whole screen of a phone with it.
      if (wasOpen) this.setAttribute("open", "");
      else if (WHOLE_SCREEN.matches) this.removeAttribute("open");
      else if (this.hasAttribute("open")) this.#show();
    }

    disconnectedCallback() {
      this.#gone.abort();
      this.#resized.disconnect();
      this.#conversation?.pause();
      this.#conversation = null;
      if (this.panel.open) this.panel.close();
    }

    attributeChangedCallback(name, before, after) {
      if (name !== "open") this.#applyAttributes();
      else if (this.isConnected && after !== null) this.#show();
      else if (this.isConnected) this.#hide();
    }

    #resized;

    // Building

    #build() {
      const button = (name, symbol, label, press, more = {}) => {
        this[name] = build("button", { type: "button", click: press, ...more }, symbol && icon(symbol), build("span", {}, label));
        return this[name];
      };
      const anyTime = (name, symbol, id, more) =>
        button(name, symbol, LABELS[id], () => this.#say(LABELS[id], id), { class: "any-time", ...more });
      this.headline = build("h2", { id: "heading", tabindex: "-1" });
      this.bar = build("p", { class: "bar", role: "status" });
      this.history = build("div", { class: "history" });
      this.log = build("div", { class: "log", role: "log", "aria-label": WORDS.latest });
      this.typingLine = build("div", { class: "typing", role: "status" });
      this.record = build(
        "div", { class: "record", tabindex: "0", role: "region", "aria-label": WORDS.record, scroll: () => this.#scrolled() },
        this.history, this.log, this.typingLine,
      );
      this.field = build("textarea", {
        id: "field", rows: "1", maxlength: LONGEST_TEXT, placeholder: WORDS.placeholder, "aria-describedby": "hint", autocomplete: "off",
        enterkeyhint: BY_TOUCH.matches ? "enter" : "send", keydown: (event) => this.#typed(event), input: () => this.#edited(),
      });
      this.hint = build("p", { class: "hint", id: "hint" });
      this.beside = build("div", { class: "beside" },
        anyTime("human", "person", PERSON),
        anyTime("backToBot", "robot", BACK_TO_BOT, { hidden: true }),
        anyTime("distress", "heart", IN_DISTRESS),
        TOPICS.length > 0 && button("topics", "list", WORDS.topics, () => this.#unfold(this.topics, this.picker), { class: "any-time" }));
      const form = build(
        "form", { submit: (event) => { event.preventDefault(); this.#submit(); } }, this.beside, this.hint,
        build("div", { class: "write" }, build("label", { class: "visually-hidden", for: "field" }, WORDS.field), this.field,
          build("button", { class: "send" }, WORDS.send)),
      );
      this.picker = build("div", { class: "picker", role: "group", "aria-labelledby": "picker", hidden: true },
        build("h3", { id: "picker" }, WORDS.whichTopic),
        build("div", { class: "choices" }, ...choiceButtons(TOPICS, (_, id, label) => this.#pick(id, label))),
        build("p", { class: "foot" }, build("button", { type: "button", class: "plain", click: () => this.#fold() }, WORDS.back)));
      this.talk = build("div", { class: "talk" }, this.record, this.picker, button("jump", "down", WORDS.jump, () => this.#jump(), { class: "jump", hidden: true }));
      this.form = form;
      this.notice = build("section", { class: "notice", "aria-labelledby": "notice" });
      this.panel = build(
        "dialog", { class: "panel", id: "panel", "aria-labelledby": "heading", cancel: (event) => this.#cancelled(event), close: () => this.#closed() },
        build("div", { class: "sized" },
          build("header", {},
            build("div", { class: "title" }, this.headline,
              PHONE && build("a", { class: "dial", href: `tel:${PHONE.number}`, title: `${PHONE.number} ${PHONE.hours}` }, icon("phone"), build("span", { class: "short" }, WORDS.dial),
                build("span", { class: "visually-hidden" }, `${PHONE.name} ${PHONE.number}`)),
              button("tools", "menu", WORDS.menu, () => this.#unfold(this.tools, this.menu)), this.#buildMenu(button),
              build("button", { type: "button", class: "shut", click: () => this.removeAttribute("open") }, icon("close"), build("span", { class: "visually-hidden" }, WORDS.close)))),
          this.bar, this.notice, this.talk, form, this.#buildQuestion()),
      );
      this.launcherLabel = build("span");
      this.unreadMark = build("span", { class: "unread", hidden: true }, WORDS.launcherUnread);
      this.launcher = build(
        "button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel", click: () => this.#toggle() },
        icon("talk"), icon("down"), build("span", {}, this.launcherLabel, this.unreadMark),
      );
      this.aside = build("p", { class: "visually-hidden", role: "status" });
      this.root = build("div", {
        class: "root", lang: "ja", "data-size": "normal", keydown: (event) => this.#keyed(event),
        pointerdown: (event) => this.#foldUnlessIn(event.target), focusin: (event) => this.#foldUnlessIn(event.target),
      }, this.panel, build("div", { class: "room" }), this.launcher, this.aside);
      for (const unfolds of [this.tools, this.topics]) unfolds?.setAttribute("aria-expanded", "false");
      // The page's own shortcuts must not fire while an owner writes here.
      for (const name of ["keyup", "keypress"]) this.root.addEventListener(name, (event) => event.stopPropagation());
      this.#applyAttributes();
    }

    #buildMenu(button) {
      const tool = (name, label, act) => button(name, null, label, () => { this.#fold(); act(); });
      this.menu = build("div", { class: "menu", role: "group", "aria-label": WORDS.menu, hidden: true },
        button("resize", null, WORDS.sizes.normal, () => this.#enlarge()), // stays, to be pressed again
        tool("printing", WORDS.print, () => this.#print()), tool("anew", WORDS.anew, () => this.#askAnew()), tool("notes", WORDS.notes, () => this.#showNotice()),
        build("p", { class: "keys" }, WORDS.keys));
      return this.menu;
    }

    #buildQuestion() {
      const answer = (label, kind, act) => build("button", { type: "button", class: kind, click: () => { this.question.close(); act(); } }, label);
      this.question = build(
        "dialog", { class: "ask", "aria-labelledby": "ask" },
        build("h3", { id: "ask" }, WORDS.askAnew), build("p", {}, WORDS.askAnewMore),
        answer(WORDS.yesAnew, "primary", () => this.#begin(null)), answer(WORDS.noAnew, "plain", () => {}),
      );
      return this.question;
    }

    #applyAttributes() {
      this.headline.textContent = attributeOf(this, "heading") ?? WORDS.heading;
      this.#labelLauncher();
      this.root.dataset.position = attributeOf(this, "position") ?? "right";
      const accent = attributeOf(this, "accent");
      // Through the object model, which a CSP without 'unsafe-inline' allows.
      if (accent) this.root.style.setProperty("--_accent", accent);
      else this.root.style.removeProperty("--_accent");
      this.#writeNotice();
    }

    /** While the chat is open, the launcher says what it does then. */
    #labelLauncher() {
      const isOpen = this.panel.open;
      this.launcher.setAttribute("aria-expanded", String(isOpen));
      this.launcher.inert = isOpen && this.root.hasAttribute("data-whole"); // behind the panel
      this.launcherLabel.textContent = isOpen ? WORDS.launcherOpen : attributeOf(this, "launcher") ?? WORDS.launcher;
    }

    #writeNotice() {
      const point = (symbol, title, text) => build("li", {}, icon(symbol), build("div", {}, build("strong", {}, title), build("p", {}, text)));
      const period = attributeOf(this, "retention");
      const kept = period ? filled(WORDS.keptFor, { period }) : WORDS.kept;
      const points = WORDS.points.map(({ icon: symbol, title, text }) => point(symbol, title, filled(text, { kept })));
      const contact = attributeOf(this, "contact");
      const [link, privacy] = [attributeOf(this, "contact-link"), attributeOf(this, "privacy")];
      const offered = examples().map(({ label }) => filled(WORDS.example, { label })).join("");
      const ours = PHONE && callLink(`tel:${PHONE.number}`, filled(WORDS.ownDesk, PHONE));
      const reach = !link ? contact ?? ours ?? WORDS.contactUnknown : isPhone(link) ? callLink(link, contact ?? link.slice(4)) : pageLink(link, contact ?? link);
      this.beginButton = build("button", { type: "button", class: "primary", click: () => this.#noticed() }, this.#conversation ? WORDS.back : WORDS.begin);
      this.notice.replaceChildren(
        build("div", { class: "reading", tabindex: "0", role: "region", "aria-labelledby": "notice" },
          build("p", { class: "greeting" }, attributeOf(this, "greeting") ?? WORDS.greeting),
          offered && build("p", { class: "examples" }, filled(WORDS.forExample, { examples: offered, count: TOPICS.length })),
          build("h3", { id: "notice" }, WORDS.notice),
          build("ul", {}, ...points),
          this.#conversation && build("p", { class: "forget" }, build("button", { type: "button", class: "plain", click: () => this.#askToForget() }, LABELS[TO_BE_FORGOTTEN])),
          build("p", { class: "more" }, `${WORDS.contact}：`, reach),
          privacy && build("p", { class: "more" }, pageLink(privacy, WORDS.privacy))),
        build("div", { class: "begin" }, this.beginButton),
      );
    }

    // Opening and closing

    #toggle() {
      this.#opener = this.launcher;
      this.toggleAttribute("open");
    }

    /** A link to #kakaritsuke anywhere in the page opens the chat. */
    #openFromPage(event) {
      const link = event.target.closest?.('a[href="#kakaritsuke"]');
      if (!link) return;
      event.preventDefault();
      this.#opener = link;
      this.setAttribute("open", "");
    }

    #show() {
      if (this.panel.open) return;
      this.root.toggleAttribute("data-own-colours", OWN_COLOURS.some((name) => getComputedStyle(this).getPropertyValue(`--kakaritsuke-${name}`) !== ""));
      this.#keptInTab.set(OPEN, "yes");
      this.#setUnread(0);
      this.#fit();
      this.#labelLauncher();
      const token = this.#conversation ? null : this.#kept.get(SESSION);
      if (token) this.#resume(token);
      this.#view(this.#conversation ? "talk" : "notice");
      this.#place();
      // Only whoever opened it is taken to it; a chat that was open before the page was loaded again takes no focus.
      if (this.#opener) this.#focusStart();
    }

    #hide() {
      if (!this.panel.open) return;
      const opener = this.#opener ?? this.launcher;
      const focusIsHere = this.shadowRoot.activeElement !== null;
      this.panel.close();
      this.#labelLauncher();
      this.#keptInTab.delete(OPEN);
      if (focusIsHere) (opener.isConnected ? opener : this.launcher).focus();
      this.#opener = null;
    }

    /** Esc in a dialog that has the whole screen; while kana are being converted it belongs to the conversion. */
    #cancelled(event) {
      event.preventDefault();
      if (event.target === this.panel && !this.#composing && !this.#fold()) this.removeAttribute("open");
    }

    /** Browsers may close a dialog without asking. */
    #closed() {
      if (!this.panel.open && this.hasAttribute("open")) this.removeAttribute("open");
      this.#labelLauncher();
    }

    #keyed(event) {
      const converting = isConverting(event);
      this.#composing = converting;
      if (event.key === "Escape" && !converting && !event.defaultPrevented && !this.question.open) {
        event.preventDefault(); // a dialog would close as well
        if (!this.#fold()) this.removeAttribute("open");
      }
      event.stopPropagation();
    }

    #composing = false;

    /** The whole screen on a phone, and then nothing behind it can be reached; a panel in the corner elsewhere. */
    #fit() {
      const whole = WHOLE_SCREEN.matches;
      const isOpen = this.hasAttribute("open");
      if (this.panel.open !== isOpen || this.root.hasAttribute("data-whole") !== whole) {
        const focused = this.panel.open ? this.shadowRoot.activeElement : null;
        if (this.panel.open) this.panel.close();
        this.root.toggleAttribute("data-whole", whole);
        if (isOpen && whole) this.panel.showModal();
        else if (isOpen) this.#showWithoutFocus();
        focused?.focus({ preventScroll: true });
      }
      this.#labelLauncher();
      const screen = window.visualViewport;
      if (!screen || screen.scale > 1.01) return; // zoomed in by hand: the panel stays where it is
      this.root.style.setProperty("--_screen-top", `${screen.offsetTop}px`);
      this.root.style.setProperty("--_screen-height", `${screen.height}px`);
    }

    /** Where little height is left, what can be pressed at any time lies at the end of the conversation. */
    #makeRoom() {
      const height = this.panel.clientHeight;
      if (height === 0) return;
      const low = height < LOW_EM * parseFloat(getComputedStyle(this.record).fontSize);
      this.root.toggleAttribute("data-low", low);
      const place = low ? this.record : this.form;
      if (this.beside.parentNode === place) return;
      const focused = this.beside.contains(this.shadowRoot.activeElement) ? this.shadowRoot.activeElement : null;
      if (low) place.append(this.beside);
      else place.prepend(this.beside);
      focused?.focus({ preventScroll: true });
    }

    /** On a phone the launcher leaves room at the end of the page, and lies on nothing that the page lets one press. */
    #stepAside() {
      const closed = WHOLE_SCREEN.matches && !this.panel.open;
      this.root.toggleAttribute("data-room", WHOLE_SCREEN.matches && this.parentElement === document.body && !this.nextElementSibling);
      delete this.root.dataset.aside;
      for (const how of ["small", "up", "small"]) {
        if (!closed || !this.#isOverSomething()) return;
        this.root.dataset.aside = how;
      }
    }

    #isOverSomething() {
      const { left, right, top, bottom } = this.launcher.getBoundingClientRect();
      return [left, (left + right) / 2, right - 1].some((x) => [top, (top + bottom) / 2, bottom - 1].some((y) =>
        document.elementsFromPoint(x, y).some((element) => element.closest("a[href], button, input, select, textarea, summary, label, [role=button], [onclick]"))));
    }

    // What unfolds

    #unfolded = null;

    #unfold(button, box) {
      if (this.#fold()?.box === box) return;
      box.hidden = false;
      button.setAttribute("aria-expanded", "true");
      this.#unfolded = { button, box };
      box.querySelector("button").focus();
    }

    /** Fold what is unfolded, with the focus back where it was unfolded from. Returns what was. */
    #fold() {
      const before = this.#unfolded;
      if (!before) return null;
      this.#unfolded = null;
      const hadFocus = before.box.contains(this.shadowRoot.activeElement);
      before.box.hidden = true;
      before.button.setAttribute("aria-expanded", "false");
      if (hadFocus) before.button.focus({ preventScroll: true });
      return before;
    }

    #foldUnlessIn(target) {
      const unfolded = this.#unfolded;
      if (unfolded && !unfolded.box.contains(target) && !unfolded.button.contains(target)) this.#fold();
    }

    #pick(id, label) {
      this.#fold();
      this.#conversation?.say(label, id);
      this.#leaveChoices();
    }

    /** `show` moves the focus into the dialog; a panel beside the page has no reason to. */
    #showWithoutFocus() {
      this.panel.setAttribute("open", "");
    }

    /** By touch the headline, because the field would bring up the keyboard over what there is to read. */
    #focusStart() {
      if (this.root.dataset.view === "notice") this.beginButton.focus();
      else if (BY_TOUCH.matches) this.headline.focus();
      else this.field.focus();
    }

    // Notice, session

    #view(name) {
      this.#fold();
      this.root.dataset.view = name;
      this.notice.hidden = name !== "notice";
      this.talk.hidden = this.form.hidden = name !== "talk";
      const busy = this.#conversation === null;
      this.printing.hidden = this.anew.hidden = this.notes.hidden = busy;
    }

    #showNotice() {
      this.#writeNotice();
      this.#view("notice");
      this.#focusStart();
    }

    #askToForget() {
      this.#noticed();
      this.#conversation?.say(LABELS[TO_BE_FORGOTTEN], TO_BE_FORGOTTEN);
    }

    #noticed() {
      if (!this.#conversation) this.#begin(null);
      this.#view("talk");
      this.#place();
      this.#focusStart();
    }

    #resume(token) {
      this.#conversation = new Conversation(this.#kept, this.#listener(), token);
      this.#conversation.start();
    }

    /** A new session; `kindWord` tells the owner why, `toSay` is what they had said already. */
    #begin(kindWord, toSay = []) {
      this.#conversation?.close();
      this.#kept.delete(SESSION);
      this.#clear();
      if (kindWord) this.log.append(build("p", { class: "kind" }, kindWord));
      const conversation = new Conversation(this.#kept, this.#listener(), null);
      this.#conversation = conversation;
      for (const { text, choice } of toSay) conversation.say(text, choice);
      conversation.start();
      this.#view("talk");
      if (!kindWord) this.#focusStart();
    }

    #clear() {
      this.history.replaceChildren();
      this.log.replaceChildren();
      this.typingLine.replaceChildren();
      this.bar.textContent = "";
      this.#open = [];
      this.#mine.clear();
      this.#anchor = this.#firstUnseen = null;
      this.jump.hidden = true;
      this.#showPerson({ here: false, name: "" });
    }

    /** Another tab began a new conversation: it is this one's as well. */
    #followOtherTab(event) {
      if (event.key !== keyOf(SESSION) || !event.newValue || event.newValue === this.#conversation?.token) return;
      this.#conversation?.close();
      this.#conversation = null;
      this.#clear();
      if (!this.panel.open) return;
      this.#resume(event.newValue);
      this.#view("talk");
    }

    #askAnew() {
      this.question.showModal();
    }

    // What the conversation tells us

    #listener() {
      return {
        said: (entry) => this.#showMine(entry),
        renamed: (before, after) => this.#rename(before, after),
        withdrawn: (id) => this.#withdraw(id),
        received: (messages, past) => this.#showMessages(messages, past),
        caughtUp: (unsent) => this.#showPast(unsent),
        typing: (on) => this.#showTyping(on),
        link: (state, seconds) => this.#showLink(state, seconds),
        expired: (unsent, token) => this.#expired(unsent, token),
        forgotten: (words, token) => this.#forgotten(words, token),
      };
    }

    #expired(unsent, token) {
      const current = this.#kept.get(SESSION);
      if (current && current !== token) {
        this.#clear();
        this.#resume(current);
      } else this.#begin(WORDS.expired, unsent);
    }

    /** Nothing that was said may stay on the screen; what follows is a new conversation. */
    #forgotten(words, token) {
      const current = this.#kept.get(SESSION);
      if (current && current !== token) {
        this.#clear();
        this.#resume(current);
      } else this.#begin(words || WORDS.forgotten);
    }

    /** As long as the bot is thinking, what it says belongs together. An answer that comes at once needs no dots. */
    #showTyping(on) {
      this.#inTurn = on;
      this.root.toggleAttribute("data-thinking", on);
      clearTimeout(this.#dotsSoon);
      if (on) this.#dotsSoon = setTimeout(() => this.#showDots(true), DOTS_AFTER_MS);
      else this.#showDots(false);
    }

    #showDots(on) {
      if (on === this.typingLine.hasChildNodes()) return;
      const dots = build("span", { class: "dots", "aria-hidden": "true" }, build("i"), build("i"), build("i"));
      const following = this.#isFollowing();
      this.typingLine.replaceChildren(...(on ? [dots, WORDS.typing] : []));
      if (following) this.#place();
    }

    #showLink(state, seconds) {
      const before = this.root.dataset.link;
      const wasDown = before !== undefined && before !== "up";
      const following = this.#isFollowing();
      this.root.dataset.link = state;
      if (state === "up" && !wasDown) return;
      const text = filled(WORDS.link[state], { seconds });
      if (this.bar.textContent !== text) this.bar.textContent = text;
      if (following) this.#place(); // what waits says so now
      if (state === "up") setTimeout(() => { if (this.bar.textContent === WORDS.link.up) this.bar.textContent = ""; }, 4000);
    }

    // Showing messages

    #showMine(entry) {
      let element = this.#mine.get(entry.id);
      if (!element) {
        element = this.#bubble("owner", entry.at, [paragraphs(entry.text, (line) => [line])]);
        element.classList.add("unsent");
        this.#mine.set(entry.id, element);
        this.log.append(element);
        this.#freezeBefore(Infinity, entry.text);
        this.#anchor = element;
        this.#place();
      }
      element.classList.toggle("refused", Boolean(entry.refused));
      element.querySelector(".state")?.remove();
      element.append(this.#state(entry));
    }

    #state(entry) {
      if (!entry.refused) return build("div", { class: "state" }, WORDS.unsent, build("button", { type: "button", click: () => this.#conversation.tryNow() }, WORDS.sendNow));
      return build(
        "div", { class: "state" }, WORDS.refused,
        build("button", { type: "button", click: () => this.#conversation.retry(entry) }, WORDS.again),
        build("button", { type: "button", click: () => this.#conversation.discard(entry) }, WORDS.discard),
      );
    }

    #rename(before, after) {
      this.#mine.set(after, this.#mine.get(before));
      this.#mine.delete(before);
    }

    #withdraw(id) {
      this.#mine.get(id)?.remove();
      this.#mine.delete(id);
    }

    #bubble(from, at, content) {
      const who = from === "staff" && this.#person ? `${WORDS.from.staff} ${this.#person}` : WORDS.from[from];
      const copies = from !== "owner" && navigator.clipboard; // not on pages without https
      return build("div", { class: `message ${from}` },
        build("div", { class: "head" }, build("p", { class: "who" }, who), timeOf(at),
          copies && build("button", { type: "button", class: "copy", click: (event) => this.#copy(event.currentTarget) }, icon("copy"), WORDS.copy)),
        ...content);
    }

    /** All that was said together, as text. */
    async #copy(button) {
      const first = button.closest(".message");
      const texts = [];
      for (let element = first; element?.className === first.className; element = element.nextElementSibling) texts.push(plainTexts.get(element));
      const done = await navigator.clipboard.writeText(texts.join("\n\n")).then(() => true, () => false);
      this.aside.textContent = button.lastChild.textContent = done ? WORDS.copied : WORDS.notCopied;
      setTimeout(() => { button.lastChild.textContent = WORDS.copy; }, COPIED_MS);
    }

    /** A person of the staff has come, or gone. While they are here, one press brings the bot back. */
    #showPerson({ here, name }) {
      this.#person = here ? name : "";
      const toMove = this.shadowRoot.activeElement === (here ? this.human : this.backToBot);
      this.human.hidden = here;
      this.backToBot.hidden = !here;
      if (toMove) this.field.focus({ preventScroll: true });
    }

    /** All that came together goes into the page before anything is measured: each measurement lays the page out. */
    #showMessages(messages, past) {
      const following = !past && this.#isFollowing();
      const shown = messages.map((message) => this.#showMessage(message, past));
      for (const { element } of shown) for (const figure of element.querySelectorAll(".road")) redrawRoad(figure);
      if (!past) this.#arrived(shown.filter(({ mine }) => !mine), following);
    }

    #showMessage(message, past) {
      const from = message.from in WORDS.from ? message.from : "bot";
      if (message.part?.type === "person") this.#showPerson(message.part);
      const mine = message.id ? this.#mine.get(message.id) : null;
      if (mine) {
        mine.classList.remove("unsent", "refused");
        mine.querySelector(".state")?.remove();
      }
      const element = mine ?? this.#bubble(from, message.at, this.#content(message, from));
      plainTexts.set(element, textOf(message.plain) || textOf(message.text));
      element.dataset.seq = message.seq;
      this.#insert(element, message.seq, past ? this.history : this.log);
      if (from === "owner") this.#freezeBefore(message.seq, textOf(message.text));
      if (past && from === "owner") this.#anchor = element;
      return { element, from, mine };
    }

    #content(message, from) {
      const text = textOf(message.text);
      const part = renderPart(message.part, (button, id, label) => this.#press(button, id, label));
      if (part?.matches(".choices")) this.#offer(part, message.seq);
      const shown = part || !message.part ? text : textOf(message.plain) || text;
      return [shown && paragraphs(shown, from === "owner" ? (line) => [line] : linked), part];
    }

    /** In the order of the server's numbers; what has none yet stays at the end. */
    #insert(element, seq, list) {
      let next = element.parentNode === list ? element.nextElementSibling : null;
      let before = element.parentNode === list ? element.previousElementSibling : list.lastElementChild;
      while (before && (Number(before.dataset.seq) > seq || (before.matches(".unsent") && !element.matches(".unsent")))) {
        next = before;
        before = before.previousElementSibling;
      }
      // Moving an element makes a screen reader say it again, so it is only done where the order is wrong.
      if (element.parentNode !== list || element.nextElementSibling !== next) list.insertBefore(element, next);
    }

    #showPast(unsent) {
      for (const entry of unsent) this.#showMine(entry);
      this.#place();
    }

    /** Bring new messages into view for a reader who follows; tell any other that there are some. */
    #arrived(shown, following) {
      if (shown.length === 0) return;
      if (!this.panel.open) this.#setUnread(this.#unread + shown.filter(({ from }) => from !== "owner").length);
      if (!following) this.#firstUnseen ??= shown[0].element;
      for (const { element, from } of following ? shown : []) {
        if (from === "owner" || !this.#inTurn || !this.#anchor) this.#anchor = element;
      }
      if (following) this.#place();
      else this.#offerJump();
    }

    /** A strip below the conversation, so that it lies on no words; its room comes from below, and nothing moves. */
    #offerJump() {
      // Whoever scrolls has understood that there is more.
      const moved = Math.abs(this.record.scrollTop - this.#placedAt) > ALMOST_PX;
      const known = moved || this.root.hasAttribute("data-low");
      this.jump.hidden = this.#isAtEnd() || (known && !this.#firstUnseen);
      if (this.#height) this.#height = this.record.clientHeight;
      this.jump.lastElementChild.textContent = this.#firstUnseen ? WORDS.jump : WORDS.more;
    }

    #setUnread(count) {
      this.#unread = count;
      this.unreadMark.hidden = count === 0;
      this.aside.textContent = count > 0 ? WORDS.launcherUnread : "";
    }

    // Choices

    #offer(choices, seq) {
      this.#open.push({ choices, seq });
    }

    #freezeBefore(seq, said) {
      for (const { choices } of this.#open.filter((offer) => offer.seq < seq)) freeze(choices, said);
      this.#open = this.#open.filter((offer) => offer.seq >= seq);
    }

    #press(button, id, label) {
      if (id === ALL_TOPICS) return this.#unfold(this.topics, this.picker);
      this.#conversation.say(label, id);
      this.#leaveChoices();
    }

    /** The pressed button is out of use now. By touch nothing needs the focus, and the keyboard stays down. */
    #leaveChoices() {
      if (BY_TOUCH.matches) this.record.focus({ preventScroll: true });
      else this.field.focus({ preventScroll: true });
    }

    // Scrolling

    #isAtEnd() {
      return this.record.scrollHeight - this.record.scrollTop - this.record.clientHeight <= ALMOST_PX;
    }

    #isFollowing() {
      return this.#isAtEnd() || Math.abs(this.record.scrollTop - this.#placedAt) <= ALMOST_PX;
    }

    /** To the end, but not past the beginning of what is new: a long answer is read from its first line. */
    #place() {
      const end = this.record.scrollHeight - this.record.clientHeight;
      const topOf = (element) => Math.max(0, element.offsetTop - this.record.offsetTop - ALMOST_PX);
      const answer = this.#anchor?.matches(".owner") ? this.#anchor.nextElementSibling : null;
      const tops = [this.#anchor, answer].filter(Boolean).map(topOf);
      // What the owner said stays in sight as long as the answer fits below it.
      this.record.scrollTop = Math.min(end, tops.find((top) => top >= end) ?? tops.at(-1) ?? end);
      this.#placedAt = this.record.scrollTop;
      this.#offerJump();
    }

    #scrolled() {
      if (this.#isAtEnd()) this.#firstUnseen = null;
      this.#offerJump();
    }

    /** To the first message that was not seen, or on by what fits on the screen. */
    #jump() {
      if (this.#firstUnseen) this.#anchor = this.#firstUnseen;
      this.#firstUnseen = null;
      if (this.jump.lastElementChild.textContent === WORDS.jump) this.#place();
      else this.record.scrollTop += this.record.clientHeight * 0.8;
      this.#placedAt = this.record.scrollTop;
      this.record.focus({ preventScroll: true });
    }

    /** When the keyboard takes the lower half, the last line read stays above it. */
    #keepPlace() {
      const { clientHeight, clientWidth } = this.record;
      if (clientHeight === this.#height && clientWidth === this.#width) return;
      if (this.#height && clientHeight) this.record.scrollTop += this.#height - clientHeight;
      this.#height = clientHeight;
      if (clientWidth && clientWidth !== this.#width) this.#redrawRoads();
      this.#width = clientWidth;
      this.#placedAt = this.record.scrollTop;
    }

    #redrawRoads() {
      for (const figure of this.record.querySelectorAll(".road")) redrawRoad(figure);
    }

    // Writing

    #typed(event) {
      // Safari ends a conversion before it tells of the Enter that ended it; only the key code still says so.
      if (event.key !== "Enter" || isConverting(event) || event.shiftKey || BY_TOUCH.matches) return;
      event.preventDefault();
      this.#submit();
    }

    #edited() {
      this.#keptInTab.set(DRAFT, this.field.value);
      const left = LONGEST_TEXT - this.field.value.length;
      this.hint.textContent = left <= 100 ? filled(WORDS.left, { count: left }) : "";
      this.#grow();
    }

    #grow() {
      this.field.rows = 1; // the placeholder does not count
      while (this.field.value && this.field.rows < 5 && this.field.scrollHeight > this.field.clientHeight) this.field.rows += 1;
    }

    #submit() {
      const text = this.field.value.trim();
      if (!text) return this.field.focus();
      this.#say(text);
      this.field.value = "";
      this.#edited();
      this.#keptInTab.delete(DRAFT);
      if (!BY_TOUCH.matches) this.field.focus();
    }

    #say(text, choice = null) {
      this.#conversation?.say(text, choice);
    }

    // Letters, print

    #setSize(size) {
      const known = SIZES.includes(size) ? size : "normal";
      this.root.dataset.size = known;
      this.resize.lastElementChild.textContent = WORDS.sizes[known];
      this.#makeRoom();
      this.#redrawRoads();
    }

    #enlarge() {
      const size = SIZES[(SIZES.indexOf(this.root.dataset.size) + 1) % SIZES.length];
      this.#kept.set(SIZE, size);
      this.#setSize(size);
      this.aside.textContent = WORDS.sizeIs[size];
      this.#grow();
    }

    /** The conversation as a print-out of its own, at the top of the page, where only paper shows it. */
    #print() {
      document.querySelector("[data-kakaritsuke-print]")?.remove();
      const sheet = build("div", { "data-kakaritsuke-print": true, "aria-hidden": "true" });
      dress(sheet.attachShadow({ mode: "open" }), PRINT_STYLE);
      const day = new Date().toLocaleDateString("ja-JP", { year: "numeric", month: "long", day: "numeric" });
      const contact = attributeOf(this, "contact");
      sheet.shadowRoot.append(
        build("article", { lang: "ja" },
          build("div", { class: "top" }, build("h1", {}, this.headline.textContent),
            build("p", { class: "small-print" }, filled(WORDS.printed, { day })), contact && build("p", { class: "small-print" }, `${WORDS.contact}：${contact}`)),
          ...[...this.history.children, ...this.log.children].map((message) => printed(message))),
      );
      const undress = dress(document, PRINT_PAGE_STYLE);
      document.body.append(sheet);
      window.addEventListener("afterprint", () => { undress(); sheet.remove(); }, { once: true });
      window.print();
    }
  }

  /** A message for paper: everything unfolded, choices as words. */
  function printed(message) {
    const copy = message.cloneNode(true);
    for (const step of copy.querySelectorAll("details")) step.open = true;
    for (const button of copy.querySelectorAll(".choices button")) button.replaceWith(build("span", {}, button.textContent));
    return copy;
  }

  /** Whether a key belongs to the conversion of kana to kanji. */
  function isConverting(event) {
    return event.isComposing || event.keyCode === 229;
  }

  // ---------------------------------------------------------------- into the page

  /** One chat, unless the page has its own; attributes may stand on the script tag as data-heading and so on. */
  function addToPage(settings) {
    if (document.querySelector(NAME)) return;
    const given = ATTRIBUTES.filter((name) => settings.has(`data-${name}`)).map((name) => [name, settings.get(`data-${name}`)]);
    document.body.append(build(NAME, Object.fromEntries(given)));
  }

  if (!customElements.get(NAME)) {
    const settings = new Map([...document.currentScript.attributes].map(({ name, value }) => [name, value]));
    customElements.define(NAME, KakaritsukeChat);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => addToPage(settings));
    else addToPage(settings);
  }
})();
