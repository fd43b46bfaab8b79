/** What is said beside the messages: toasts to everybody, announcements to screen readers. */

import { h, icon } from "./dom.js";
import { nameOf } from "./state.js";

const TOAST_MS = 7000;
const LONGEST = 240;
/** A progress bar that spoke at every step would talk over everything else. */
const PROGRESS_PAUSE_MS = 12_000;

const toasts = h("div", { class: "toasts", role: "alert" });

/**
 * Show a sentence for a while.
 *
 * @param {string} sentence
 */
export function toast(sentence) {
  const close = {
    type: "button",
    class: "icon-button",
    "aria-label": "Close this notice",
    onclick: () => note.remove(),
  };
  const note = h(
    "div",
    { class: "toast" },
    h("span", null, sentence),
    h("button", close, icon("close")),
  );
  // What lies outside an open dialog can be neither seen nor reached.
  const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (toasts.parentElement !== place) place.append(toasts);
  toasts.append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

export class Announcer {
  #lastProgress = 0;
  element = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });

  /**
   * @param {import("./types.js").Message} message
   * @param {string} text
   * @param {{isEdit: boolean}} how
   */
  announce(message, text, { isEdit }) {
    if (isEdit && Date.now() - this.#lastProgress < PROGRESS_PAUSE_MS) return;
    if (isEdit) this.#lastProgress = Date.now();
    const words = text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
    if (words) this.element.textContent = `${nameOf(message.author)}: ${words}`;
  }
}
