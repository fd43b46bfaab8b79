/** Puts the page together and lets clicks, events and the address reach the right part. */

import { h } from "./dom.js";
import { Interactions } from "./interactions.js";
import { watchMedia } from "./media.js";
import { MessageMenu } from "./menu.js";
import { showModal } from "./modal.js";
import { Announcer, toast } from "./notices.js";
import { Panes } from "./panes.js";
import { chosenValues } from "./selects.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { isThread, Store } from "./state.js";
import { refreshRelativeTimes } from "./time.js";

/** @typedef {import("./types.js").Message} Message */

const store = new Store();
const interactions = new Interactions(store);
const announcer = new Announcer();
const panes = new Panes(store, interactions);
const menu = new MessageMenu(store, interactions);
const sidebar = new Sidebar(store, {
  actAs: (id) => session.actAs(id),
  isOpen: (id) => panes.isOpen(id),
});
const banner = h("p", { class: "banner", role: "status", hidden: true });
const session = new Session(store, { onFrame, onLoaded: () => panes.settle() });

/** Draw at most once for all that changes in one turn. */
let isDrawingSoon = false;
function drawSoon() {
  if (isDrawingSoon) return;
  isDrawingSoon = true;
  queueMicrotask(() => {
    isDrawingSoon = false;
    sidebar.render();
    panes.render();
    renderBanner();
  });
}

function renderBanner() {
  const sentence = !store.isConnected
    ? "The connection to the playground is lost. Trying again…"
    : store.isBotOnline
      ? ""
      : "The bot is offline. Commands get no answer until it is back.";
  banner.hidden = sentence === "";
  if (banner.textContent !== sentence) banner.textContent = sentence;
}

/** @param {import("./types.js").Frame} frame */
function onFrame(frame) {
  interactions.apply(frame);
  if (frame.t === "MODAL") {
    showModal(frame.d.modal, store, (answer) =>
      interactions.submitModal(frame.d.interaction_id, answer),
    );
  }
}

/**
 * Everything in messages and lists is pressed through here, so that re-rendering needs no listeners.
 *
 * @type {Record<string, (element: HTMLElement) => void>}
 */
const ACTIONS = {
  open: (element) => panes.open(element.dataset.channel ?? ""),
  use: (element) => panes.use(element.dataset.command ?? "", element),
  dismiss: (element) => store.dismiss(element.dataset.message ?? ""),
  reveal: (element) => element.toggleAttribute("data-revealed", true),
  press: (element) => press(element),
  menu: (element) => menu.open(element.dataset.message ?? "", element),
  "choose-several": (element) => {
    press(element, chosenValues(/** @type {HTMLElement} */ (element.closest("details"))));
    element.closest("details")?.removeAttribute("open");
  },
};

/**
 * @param {HTMLElement} element
 * @param {string[]} [values]
 */
function press({ dataset }, values) {
  interactions.press({
    channelId: dataset.channel ?? "",
    messageId: dataset.message ?? "",
    customId: dataset.custom ?? "",
    type: Number(dataset.type),
    values,
  });
}

/** @param {Event} event */
function onClick(event) {
  const element = /** @type {HTMLElement} */ (event.target).closest("[data-action]");
  if (!(element instanceof HTMLElement)) return;
  const { action = "" } = element.dataset;
  if (action === "reveal" && !element.hasAttribute("data-revealed")) event.preventDefault();
  ACTIONS[action]?.(element);
}

document.addEventListener("click", onClick);
document.addEventListener("contextmenu", (event) => {
  const target = /** @type {Element} */ (event.target);
  const message = target.closest(".message");
  // Links, pictures and text fields keep the browser's own menu.
  if (!(message instanceof HTMLElement) || target.closest("a, img, video, input, textarea")) return;
  const opener = message.querySelector(".menu-button");
  if (!(opener instanceof HTMLElement)) return;
  const at = { x: event.clientX, y: event.clientY };
  if (menu.open(message.dataset.message ?? "", opener, at)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const isSpoiler = /** @type {Element} */ (event.target).matches(".spoiler");
  if (isSpoiler && (event.key === "Enter" || event.key === " ")) onClick(event);
});
document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement && target.dataset.action === "choose")
    press(target, chosenValues(target));
});

store.addEventListener("change", drawSoon);
interactions.addEventListener("change", drawSoon);
panes.addEventListener("change", drawSoon);
interactions.addEventListener("failed", (event) =>
  toast(/** @type {CustomEvent} */ (event).detail),
);
for (const kind of ["created", "edited"]) {
  store.addEventListener(kind, (event) => {
    const message = /** @type {CustomEvent<Message>} */ (event).detail;
    // The message is read as it is shown, so it is drawn first.
    setTimeout(() =>
      announcer.announce(message, panes.textOf(message), { isEdit: kind === "edited" }),
    );
  });
}
store.addEventListener("thread", (event) => {
  const thread = /** @type {CustomEvent} */ (event).detail;
  if (isThread(thread)) panes.offerThread(thread);
});

document.body.append(
  banner,
  h("div", { class: "layout-panes" }, sidebar.element, panes.channelPlace, panes.threadPlace),
  announcer.element,
  menu.element,
);
watchMedia(document.body);
setInterval(() => refreshRelativeTimes(document), 1000);
session.actAs(panes.place.as);
