/** Select menus, as they stand in messages and in modals. */

import { h, uniqueId } from "./dom.js";
import { Kind } from "./kinds.js";
import { people, peopleAndRoles, places, roles } from "./targets.js";

/** @typedef {import("./types.js").Choice} Choice */
/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./types.js").SelectOption} SelectOption */
/** @typedef {import("./state.js").Store} Store */

/** @type {Record<number, (store: Store, types?: number[]) => Choice[]>} by the select's type */
const TARGETS = {
  [Kind.USER_SELECT]: people,
  [Kind.ROLE_SELECT]: roles,
  [Kind.MENTIONABLE_SELECT]: peopleAndRoles,
  [Kind.CHANNEL_SELECT]: places,
};

/** @param {Component} component */
export const isSelect = ({ type }) => type === Kind.STRING_SELECT || type in TARGETS;

/** @param {Component} component */
export const isMultiple = (component) => (component.max_values ?? 1) > 1;

/**
 * @param {Component} component
 * @param {Store} store
 * @returns {SelectOption[]}
 */
function optionsOf(component, store) {
  if (component.type === Kind.STRING_SELECT) return component.options ?? [];
  const present = new Set(component.default_values?.map(({ id }) => id));
  return TARGETS[component.type](store, component.channel_types).map(({ name, value }) => ({
    label: name,
    value: String(value),
    default: present.has(String(value)),
  }));
}

/**
 * The menu of a select with one choice.
 *
 * @param {Component} component
 * @param {Store} store
 * @param {Record<string, any>} props
 * @returns {HTMLSelectElement}
 */
export function menu(component, store, props) {
  const options = optionsOf(component, store);
  const hasDefault = options.some((option) => option.default);
  const placeholder = component.placeholder || "Make a selection";
  const isOptional = component.required === false || component.min_values === 0;
  return h(
    "select",
    { class: "menu", "aria-label": placeholder, disabled: component.disabled, ...props },
    h("option", { value: "", disabled: !isOptional, selected: !hasDefault }, placeholder),
    options.map(({ value, label, description, ...option }) =>
      h(
        "option",
        { value, selected: option.default },
        description ? `${label} — ${description}` : label,
      ),
    ),
  );
}

/**
 * The check boxes of a select with several choices.
 *
 * @param {Component} component
 * @param {Store} store
 * @param {Record<string, any>} [props]
 * @returns {HTMLElement}
 */
export function checks(component, store, props) {
  const name = uniqueId("check");
  const label = component.placeholder || "Make a selection";
  return h(
    "div",
    { class: "checks", role: "group", "aria-label": label, ...props },
    optionsOf(component, store).map((option) =>
      h(
        "label",
        { class: "check" },
        h("input", { type: "checkbox", name, value: option.value, checked: option.default }),
        h("span", null, option.label, option.description && h("small", null, option.description)),
      ),
    ),
  );
}

/**
 * The chosen values inside an element made by `menu` or `checks`.
 *
 * @param {HTMLElement} element
 * @returns {string[]}
 */
export function chosenValues(element) {
  if (element instanceof HTMLSelectElement) return element.value ? [element.value] : [];
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (
    element.querySelectorAll("input:checked")
  );
  return [...inputs].map((input) => input.value);
}
