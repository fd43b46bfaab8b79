/** A text field with a list of suggestions above it, after the ARIA combobox pattern. */

import { h, solid, uniqueId } from "./dom.js";

/**
 * @template Item
 * @typedef {object} Source
 * @property {(typed: string) => Item[] | Promise<Item[]>} find
 * @property {(item: Item) => (Node | string | null | undefined)[]} face  what a suggestion shows
 * @property {(item: Item) => void} pick
 * @property {string} label  names the list
 * @property {string} [nothing]  said when nothing fits; without it the list closes
 * @property {number} [pauseMs]  how long to wait for the next key
 */

/** @template Item */
export class Combobox {
  /** @type {Item[]} */
  #items = [];
  #active = -1;
  #search = 0;
  #timer = 0;
  #source;
  /** @type {AbortController | null} ends when the list closes */
  #following = null;

  /**
   * @param {HTMLInputElement | HTMLTextAreaElement} input
   * @param {Source<Item>} source
   */
  constructor(input, source) {
    this.input = input;
    this.#source = source;
    const id = uniqueId("list");
    this.list = h("div", {
      class: "suggestions",
      id,
      role: "listbox",
      "aria-label": source.label,
      hidden: true,
    });
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
      autocomplete: "off",
    }))
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.#searchSoon());
    input.addEventListener("keydown", (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)));
    input.addEventListener("blur", () => this.close());
    // Pressing a suggestion must not take the focus from the field.
    this.list.addEventListener("pointerdown", (/** @type {Event} */ event) =>
      event.preventDefault(),
    );
    this.list.addEventListener("click", (/** @type {Event} */ event) => this.#onClick(event));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#search += 1;
    this.list.hidden = true;
    this.#following?.abort();
    this.#following = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Look for suggestions now. */
  async search() {
    clearTimeout(this.#timer);
    const search = (this.#search += 1);
    try {
      const items = await this.#source.find(this.input.value);
      if (search === this.#search) this.#show(items);
    } catch (error) {
      if (search === this.#search) this.#say(/** @type {Error} */ (error).message);
    }
  }

  #searchSoon() {
    clearTimeout(this.#timer);
    if (!this.#source.pauseMs) return void this.search();
    if (!this.isOpen) this.#say("Looking…");
    this.#timer = window.setTimeout(() => this.search(), this.#source.pauseMs);
  }

  /** @param {Item[]} items */
  #show(items) {
    this.#items = items;
    if (!items.length) {
      if (this.#source.nothing) this.#say(this.#source.nothing);
      else this.close();
      return;
    }
    const options = items.map((item, index) =>
      h(
        "div",
        {
          class: "suggestion",
          role: "option",
          id: `${this.list.id}-${index}`,
          "aria-selected": "false",
        },
        solid(this.#source.face(item)),
      ),
    );
    this.list.replaceChildren(...options);
    this.#open();
    this.#activate(0);
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#items = [];
    this.#active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const props = {
      class: "suggestion-note",
      role: "option",
      "aria-disabled": "true",
      "aria-selected": "false",
    };
    this.list.replaceChildren(h("div", props, sentence));
    this.#open();
  }

  #open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#place();
    if (this.#following) return;
    this.#following = new AbortController();
    const how = { signal: this.#following.signal, passive: true, capture: true };
    for (const moved of ["scroll", "resize"])
      window.addEventListener(moved, () => this.#place(), how);
  }

  /** Stand above the field the list belongs to, or below it where there is more room. */
  #place() {
    const field = this.input.closest(".field-box")?.getBoundingClientRect();
    if (!field) return;
    const below = window.innerHeight - field.bottom;
    const isAbove = field.top >= below;
    const gap = 8;
    for (const [property, value] of Object.entries({
      "--left": `${field.left}px`,
      "--width": `${field.width}px`,
      "--top": isAbove ? "auto" : `${field.bottom + gap}px`,
      "--bottom": isAbove ? `${window.innerHeight - field.top + gap}px` : "auto",
      "--room": `${(isAbove ? field.top : below) - 2 * gap}px`,
    }))
      this.list.style.setProperty(property, value);
  }

  /** @param {number} index */
  #activate(index) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = (index + this.#items.length) % this.#items.length;
    const option = this.list.children[this.#active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.isOpen) {
      if (event.key === "ArrowDown" && this.input.value) this.search();
      return;
    }
    const hasItems = this.#items.length > 0;
    if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown" && hasItems) this.#activate(this.#active + 1);
    else if (event.key === "ArrowUp" && hasItems) this.#activate(this.#active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && hasItems && !event.shiftKey) {
      this.#pick(this.#active);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Event} event */
  #onClick(event) {
    const option = /** @type {Element} */ (event.target).closest(".suggestion");
    if (option) this.#pick([...this.list.children].indexOf(option));
  }

  /** @param {number} index */
  #pick(index) {
    const item = this.#items[index];
    this.close();
    this.#source.pick(item);
  }
}
