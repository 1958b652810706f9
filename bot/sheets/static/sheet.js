// The one thing that a page cannot do by itself: open the printer's window.
"use strict";
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
