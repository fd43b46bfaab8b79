/** What an option is filled in with, after its type: text, suggestions, chips or a file. */

import { Combobox } from "./combobox.js";
import { parseText } from "./commands.js";
import { h } from "./dom.js";
import { FileField } from "./filefield.js";
import { OptionType } from "./kinds.js";
import { people, peopleAndRoles, places, roles } from "./targets.js";

/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./types.js").Choice} Choice */
/** @typedef {{value: string | number | boolean} | {problem: string} | null} Reading  null: left empty */
/**
 * @typedef {object} Surroundings
 * @property {import("./state.js").Store} store
 * @property {(option: Option, typed: string) => Promise<Choice[]>} suggest  ask the bot
 */
/**
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {() => Reading} read
 * @property {() => void} focus
 * @property {FileField} [fileField]
 */

/** @type {Record<number, (store: import("./state.js").Store) => Choice[]>} by the option's type */
const TARGETS = {
  [OptionType.USER]: people,
  [OptionType.CHANNEL]: places,
  [OptionType.ROLE]: roles,
  [OptionType.MENTIONABLE]: peopleAndRoles,
};
const MOST_CHIPS = 6;
const PAUSE_MS = 180;

/**
 * @param {Option} option
 * @param {string} id
 * @param {Surroundings} surroundings
 * @returns {Control}
 */
export function makeControl(option, id, { store, suggest }) {
  const describedBy = `${id}-hint ${id}-problem`;
  if (option.type === OptionType.ATTACHMENT) return fileControl(option, id, describedBy);
  const choices = option.type === OptionType.BOOLEAN ? [true, false].map(yesNo) : option.choices;
  if (choices?.length && choices.length <= MOST_CHIPS) return chips(choices, id);
  const control = textControl(option, id, describedBy);
  if (choices?.length) return suggested(control, option, (typed) => containing(choices, typed));
  if (option.autocomplete)
    return suggested(control, option, (typed) => suggest(option, typed), PAUSE_MS);
  const targets = TARGETS[option.type];
  if (!targets) return control;
  return suggested(control, option, (typed) => containing(targets(store), typed), 0, true);
}

/**
 * @param {Option} option
 * @param {string} id
 * @param {string} describedBy
 * @returns {Control & {input: HTMLTextAreaElement}}
 */
function textControl(option, id, describedBy) {
  const isNumber = option.type === OptionType.INTEGER || option.type === OptionType.NUMBER;
  const input = h("textarea", {
    id,
    rows: 1,
    class: "field-input",
    "aria-describedby": describedBy,
    "aria-required": String(Boolean(option.required)),
    inputmode: isNumber ? "decimal" : null,
    placeholder: option.description,
    spellcheck: isNumber ? "false" : null,
  });
  return {
    element: input,
    input,
    read: () => (input.value.trim() === "" ? null : parseText(option, input.value.trim())),
    focus: () => input.focus(),
  };
}

/**
 * Give a text field suggestions. What is sent is the value behind a suggestion's name.
 *
 * @param {Control & {input: HTMLTextAreaElement}} control
 * @param {Option} option
 * @param {(typed: string) => Choice[] | Promise<Choice[]>} find
 * @param {number} [pauseMs]
 * @param {boolean} [isStrict]  whether only a suggestion will do
 * @returns {Control}
 */
function suggested(control, option, find, pauseMs = 0, isStrict = Boolean(option.choices?.length)) {
  const { input } = control;
  /** @type {Choice | null} */
  let picked = null;
  const pick = (/** @type {Choice} */ choice) => {
    picked = choice;
    input.value = choice.name;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    combobox.close();
  };
  /** @type {Combobox<Choice>} */
  const combobox = new Combobox(input, {
    find: (typed) => find(picked && typed === picked.name ? "" : typed),
    face: ({ name }) => [h("span", { class: "suggestion-name" }, name)],
    pick,
    label: `Suggestions for ${option.name}`,
    nothing: "Nothing fits.",
    pauseMs,
  });
  input.addEventListener("focus", () => combobox.search());
  const read = () => {
    if (picked && input.value === picked.name) return { value: picked.value };
    if (isStrict && input.value.trim()) return { problem: "Choose one of the list." };
    return control.read();
  };
  const element = h("div", { class: "suggested" }, combobox.list, input);
  return { element, read, focus: control.focus };
}

/**
 * @param {{name: string, value: any}[]} choices
 * @param {string} id
 * @returns {Control}
 */
function chips(choices, id) {
  const inputs = choices.map(({ value }) =>
    h("input", { type: "radio", name: id, value: String(value) }),
  );
  const labels = choices.map(({ name }, index) =>
    h("label", { class: "chip" }, inputs[index], h("span", null, name)),
  );
  const props = {
    class: "chips",
    role: "radiogroup",
    "aria-labelledby": `${id}-label`,
    "aria-describedby": `${id}-hint`,
  };
  return {
    element: h("div", props, labels),
    read: () => {
      const index = inputs.findIndex((input) => input.checked);
      return index === -1 ? null : { value: choices[index].value };
    },
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
  };
}

/**
 * @param {Option} option
 * @param {string} id
 * @param {string} describedBy
 * @returns {Control}
 */
function fileControl(option, id, describedBy) {
  const accept = option.file_types
    ?.map((type) => (type.startsWith(".") ? type : `${type}/*`))
    .join(",");
  const fileField = new FileField({
    id,
    accept,
    describedBy,
    label: option.description,
    onchange: () => fileField.element.dispatchEvent(new Event("input", { bubbles: true })),
  });
  return {
    element: fileField.element,
    fileField,
    read: () => (fileField.files.length ? { value: option.name } : null),
    focus: () => fileField.focus(),
  };
}

/** @param {boolean} value */
const yesNo = (value) => ({ name: value ? "True" : "False", value: /** @type {any} */ (value) });

/**
 * @param {Choice[]} choices
 * @param {string} typed
 */
function containing(choices, typed) {
  const wanted = typed.trim().toLowerCase();
  return choices.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 25);
}
