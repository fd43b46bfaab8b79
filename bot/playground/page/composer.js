/** The foot of a pane: the slash-command picker, and then the form of the chosen command. */

import { Combobox } from "./combobox.js";
import { CommandForm } from "./commandform.js";
import { leavesOf, matching } from "./commands.js";
import { h, icon, uniqueId } from "./dom.js";
import { OptionType } from "./kinds.js";

/** @typedef {import("./commands.js").Leaf} Leaf */
/** @typedef {import("./state.js").Store} Store */

export class Composer {
  /** @type {CommandForm | null} */
  #form = null;
  /** @type {CommandForm | null} put away or sent: the up arrow brings it back */
  #last = null;

  /**
   * @param {object} setting
   * @param {Store} setting.store
   * @param {import("./interactions.js").Interactions} setting.interactions
   * @param {string} setting.channelId
   * @param {string} setting.place  how the pane is called, for those who cannot see it
   */
  constructor({ store, interactions, channelId, place }) {
    this.store = store;
    this.interactions = interactions;
    this.channelId = channelId;
    const id = uniqueId("composer");
    this.input = h("input", {
      id,
      type: "text",
      class: "composer-input",
      placeholder: "Type / (plain text is not needed)",
      "aria-label": `Command in ${place}`,
      enterkeyhint: "send",
      spellcheck: "false",
      autocapitalize: "off",
    });
    /** @type {Combobox<Leaf>} */
    this.picker = new Combobox(this.input, {
      find: (typed) => (typed.startsWith("/") ? matching(leavesOf(store.myCommands()), typed) : []),
      face: suggestion,
      pick: (leaf) => this.open(leaf),
      label: "Commands",
    });
    this.hint = h("p", { class: "composer-hint", role: "status" });
    const slash = {
      type: "button",
      class: "icon-button",
      "aria-label": "Show the commands",
      onclick: () => this.#showPicker(),
    };
    this.search = h(
      "div",
      { class: "composer-search" },
      this.picker.list,
      h("button", slash, icon("slash")),
      this.input,
    );
    this.element = h("div", { class: "composer" }, this.search, this.hint);
    this.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) =>
      this.#onKey(event),
    );
    this.input.addEventListener("input", () => this.#say(""));
  }

  focus() {
    if (this.#form) this.#form.focus();
    else this.input.focus();
  }

  /**
   * Open a command by its name, as a mention of it in a message does.
   *
   * @param {string} name
   */
  openNamed(name) {
    const leaf = leavesOf(this.store.myCommands()).find(
      (each) => each.name === name || each.command.name === name,
    );
    if (leaf) this.open(leaf);
  }

  /** @param {Leaf} leaf */
  open(leaf) {
    this.#show(
      new CommandForm(leaf, {
        store: this.store,
        cancel: () => this.#close(),
        suggest: (command) => this.interactions.suggest(this.channelId, command),
        send: async (draft) => {
          // The form stays, with what was typed, where the server refused it.
          if (await this.interactions.sendCommand(this.channelId, draft)) this.#close();
        },
      }),
    );
  }

  /**
   * Put dropped or pasted files into the open command, or into the first that takes one.
   *
   * @param {File[]} files
   */
  takeFiles(files) {
    if (!this.#form) {
      const leaves = leavesOf(this.store.myCommands());
      const takes = (/** @type {Leaf} */ leaf, isNeeded = false) =>
        leaf.options.some(
          ({ type, required }) => type === OptionType.ATTACHMENT && (required || !isNeeded),
        );
      const leaf = leaves.find((each) => takes(each, true)) ?? leaves.find((each) => takes(each));
      if (!leaf) return;
      this.open(leaf);
    }
    this.#form?.takeFiles(files);
  }

  /** @param {CommandForm} form */
  #show(form) {
    this.#form = form;
    this.input.value = "";
    this.#say("");
    this.element.replaceChildren(form.element);
    form.focus();
  }

  #close() {
    this.#last = this.#form;
    this.#form = null;
    this.element.replaceChildren(this.search, this.hint);
    this.input.focus();
  }

  #showPicker() {
    this.input.value = "/";
    this.input.focus();
    this.picker.search();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowUp" && this.input.value === "" && this.#last) {
      event.preventDefault();
      this.#show(this.#last);
    } else if (event.key === "Enter" && this.input.value.trim()) {
      const isCommand = this.input.value.startsWith("/");
      this.#say(
        isCommand ? "No command has that name." : "The bot reads commands only. Start with /.",
      );
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.hint.textContent = sentence;
  }
}

/** @param {Leaf} leaf */
function suggestion(leaf) {
  const options = leaf.options.map(({ name, required }) =>
    h("span", { class: required ? "needed" : null }, name),
  );
  return [
    h("span", { class: "suggestion-name" }, `/${leaf.name}`),
    h("span", { class: "suggestion-options" }, options),
    h("span", { class: "suggestion-about" }, leaf.description),
  ];
}
