/** The menu of a message: what the bot offers for it, and for the person who wrote it. */

import { h } from "./dom.js";
import { CommandType } from "./kinds.js";
import { nameOf } from "./state.js";

/** @typedef {import("./types.js").Command} Command */
/** @typedef {import("./types.js").Message} Message */

const GAP = 6;

export class MessageMenu {
  /** @type {HTMLElement | null} what opened it, and gets the focus back */
  #opener = null;

  /**
   * @param {import("./state.js").Store} store
   * @param {import("./interactions.js").Interactions} interactions
   */
  constructor(store, interactions) {
    this.store = store;
    this.interactions = interactions;
    this.element = h("div", { class: "message-menu", role: "menu", popover: "auto", tabindex: "-1" });
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) =>
      this.#onKey(event),
    );
    this.element.addEventListener("toggle", (/** @type {ToggleEvent} */ event) => {
      if (event.newState === "closed" && this.#opener?.isConnected) this.#opener.focus();
    });
  }

  /**
   * @param {string} messageId
   * @param {HTMLElement} opener
   * @param {{x: number, y: number}} [at]  where the pointer is; else beside what opened it
   * @returns {boolean} whether there was anything to show
   */
  open(messageId, opener, at) {
    const message = this.store.message(messageId);
    if (!message) return false;
    const entries = this.#entriesOf(message);
    if (!entries.length) return false;
    this.#opener = opener;
    this.element.replaceChildren(...entries);
    this.element.showPopover();
    this.#stand(at ?? below(opener));
    this.#buttons()[0]?.focus();
    return true;
  }

  /** @param {Message} message */
  #entriesOf(message) {
    const author = this.store.users.get(message.author.id);
    const groups = [
      { title: "This message", type: CommandType.MESSAGE, target: message.id },
      // Nobody manages the budget of a bot.
      ...(author && !author.bot
        ? [{ title: nameOf(author), type: CommandType.USER, target: author.id }]
        : this.#asker(message)),
    ];
    return groups.flatMap(({ title, type, target }) => {
      const commands = this.store.offered(type);
      if (!commands.length) return [];
      const items = commands.map((command) => this.#item(message, command, target));
      return [h("p", { class: "message-menu-title", role: "presentation" }, title), ...items];
    });
  }

  /**
   * What a bot writes as an answer carries the face of who asked.
   *
   * @param {Message} message
   */
  #asker(message) {
    const known = (message.interaction_metadata ?? message.interaction)?.user;
    const user = known && this.store.users.get(known.id);
    return user ? [{ title: nameOf(user), type: CommandType.USER, target: user.id }] : [];
  }

  /**
   * @param {Message} message
   * @param {Command} command
   * @param {string} target
   */
  #item(message, command, target) {
    const pick = () => {
      this.element.hidePopover();
      this.interactions.pickInMenu(message.channel_id, command, target);
    };
    return h("button", { type: "button", role: "menuitem", onclick: pick }, command.name);
  }

  /** @param {{x: number, y: number}} at */
  #stand({ x, y }) {
    const { offsetWidth, offsetHeight, style } = this.element;
    style.left = `${Math.max(GAP, Math.min(x, innerWidth - offsetWidth - GAP))}px`;
    style.top = `${Math.max(GAP, Math.min(y, innerHeight - offsetHeight - GAP))}px`;
  }

  /** @returns {HTMLElement[]} */
  #buttons() {
    return [...this.element.querySelectorAll("button")];
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = this.#buttons();
    const now = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    buttons[(now + step + buttons.length) % buttons.length].focus();
  }
}

/** @param {HTMLElement} opener */
function below(opener) {
  const { left, bottom } = opener.getBoundingClientRect();
  return { x: left, y: bottom + GAP };
}
