/** The chosen command with its options, until it is sent or put away. */

import { sentCommand } from "./commands.js";
import { h, icon } from "./dom.js";
import { Field } from "./fields.js";
import { OptionType } from "./kinds.js";

/** @typedef {import("./commands.js").Leaf} Leaf */
/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./types.js").SentOption} SentOption */
/** @typedef {{command: ReturnType<typeof sentCommand>, files: Map<string, File>, name: string}} Draft */
/**
 * @typedef {object} Handlers
 * @property {import("./state.js").Store} store
 * @property {(draft: Draft) => Promise<void>} send  rejects with a sentence
 * @property {(draft: Draft["command"]) => Promise<import("./types.js").Choice[]>} suggest
 * @property {() => void} cancel
 */

export class CommandForm {
  /** @type {Map<string, Field>} */
  #fields = new Map();

  /**
   * @param {Leaf} leaf
   * @param {Handlers} handlers
   */
  constructor(leaf, handlers) {
    /** @type {Leaf} */
    this.leaf = leaf;
    /** @type {Handlers} */
    this.handlers = handlers;
    this.fieldBox = h("div", { class: "fields" });
    this.extras = h("div", { class: "extras", role: "group", "aria-label": "Optional" });
    this.sendButton = h(
      "button",
      { type: "submit", class: "button style-1 send" },
      icon("send"),
      h("span", null, "Send"),
    );
    const close = {
      type: "button",
      class: "icon-button",
      "aria-label": `Put /${leaf.name} away`,
      onclick: handlers.cancel,
    };
    this.element = h(
      "form",
      {
        class: "command-form",
        "aria-label": `/${leaf.name}`,
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => this.#submit(event),
      },
      h(
        "div",
        { class: "command-head" },
        h("b", { class: "command-name" }, `/${leaf.name}`),
        h("span", { class: "command-about" }, leaf.description),
        h("button", close, icon("close")),
      ),
      this.fieldBox,
      h("div", { class: "command-foot" }, this.extras, this.sendButton),
    );
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) =>
      this.#onKey(event),
    );
    for (const option of leaf.options.filter(({ required }) => required)) this.#addField(option);
    this.#renderExtras();
  }

  /** Put the focus where the member goes on: the first empty field, else the button. */
  focus() {
    const empty = [...this.#fields.values()].find((field) => !field.control.read());
    if (empty) empty.control.focus();
    else this.sendButton.focus();
  }

  /** The field that takes a dropped file: an empty one, else one more, else the first. */
  #fileField() {
    const fields = [...this.#fields.values()].flatMap(({ control }) => control.fileField ?? []);
    const empty = fields.find(({ files }) => files.length === 0);
    const more = this.leaf.options.find(
      ({ type, name }) => type === OptionType.ATTACHMENT && !this.#fields.has(name),
    );
    return empty ?? (more ? this.#addField(more).control.fileField : fields[0]);
  }

  /** @param {File[]} files */
  takeFiles(files) {
    for (const file of files) this.#fileField()?.add([file]);
    this.focus();
  }

  /**
   * @param {Option} option
   * @returns {Field}
   */
  #addField(option) {
    const remove = () => {
      this.#fields.get(option.name)?.element.remove();
      this.#fields.delete(option.name);
      this.#renderExtras();
      this.extras.querySelector(`[data-option="${option.name}"]`)?.focus();
    };
    const surroundings = {
      store: this.handlers.store,
      suggest: (/** @type {Option} */ asked, /** @type {string} */ typed) =>
        this.#suggest(asked, typed),
    };
    const field = new Field(option, surroundings, option.required ? undefined : remove);
    this.#fields.set(option.name, field);
    this.fieldBox.append(field.element);
    this.#renderExtras();
    return field;
  }

  #renderExtras() {
    const left = this.leaf.options.filter(
      ({ name, required }) => !required && !this.#fields.has(name),
    );
    this.extras.replaceChildren(...left.map((option) => this.#extra(option)));
  }

  /** @param {Option} option */
  #extra(option) {
    const add = () => this.#addField(option).control.focus();
    const props = {
      type: "button",
      class: "chip-button",
      "data-option": option.name,
      title: option.description,
      onclick: add,
    };
    return h("button", props, icon("plus"), option.name);
  }

  /**
   * @param {Option} asked
   * @param {string} typed
   * @returns {Promise<import("./types.js").Choice[]>}
   */
  #suggest(asked, typed) {
    const others = [...this.#fields.values()].flatMap(({ option, control }) => {
      const reading = option === asked ? null : control.read();
      return reading && "value" in reading
        ? [{ name: option.name, type: option.type, value: reading.value }]
        : [];
    });
    const focused = { name: asked.name, type: asked.type, value: typed, focused: true };
    return this.handlers.suggest(sentCommand(this.leaf, [...others, focused]));
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    if (this.sendButton.getAttribute("aria-busy")) return;
    const draft = this.#read();
    if (!draft) return;
    this.sendButton.setAttribute("aria-busy", "true");
    try {
      await this.handlers.send(draft);
    } finally {
      this.sendButton.removeAttribute("aria-busy");
    }
  }

  /** @returns {Draft | null} null when something is wrong, and then it is shown and focused */
  #read() {
    /** @type {SentOption[]} */
    const options = [];
    const files = new Map();
    /** @type {Field | null} */
    let wrong = null;
    for (const field of this.#fields.values()) {
      const reading = field.read();
      if (!reading) continue;
      if ("problem" in reading) wrong ??= field;
      else options.push({ name: field.option.name, type: field.option.type, value: reading.value });
      const file = field.control.fileField?.files[0];
      if (file) files.set(field.option.name, file);
    }
    if (wrong) {
      wrong.control.focus();
      return null;
    }
    return { command: sentCommand(this.leaf, options), files, name: this.leaf.name };
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    const { target } = event;
    if (event.key === "Escape") this.handlers.cancel();
    else if (
      event.key === "Enter" &&
      !event.shiftKey &&
      /** @type {Element} */ (target).matches("textarea, input")
    ) {
      this.element.requestSubmit();
    } else return;
    event.preventDefault();
  }
}
