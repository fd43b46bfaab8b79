/** Builds elements. Text only ever becomes text nodes: nothing in this page parses HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Make an element: `h("button", {class: "quiet", onclick: close}, "Close")`.
 *
 * `on…` functions become listeners, `key` names the element for `morph`, `style` takes custom
 * properties, true and false add or omit an attribute, and null or undefined omit it.
 *
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  element.append(...solid(children));
  return element;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
export function solid(children) {
  return children
    .flat(3)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (typeof child === "number" ? String(child) : /** @type {Node} */ (child)));
}

/**
 * A picture from one of our own sprites, decorative by default.
 *
 * @param {string} name
 * @param {string} [sprite]
 * @returns {SVGElement}
 */
export function icon(name, sprite = "icons.svg") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${new URL(sprite, import.meta.url).pathname}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (name === "key") element.dataset.key = value;
  else if (name === "style") {
    for (const [property, setting] of Object.entries(value)) {
      if (setting !== null) element.style.setProperty(property, String(setting));
    }
  } else element.setAttribute(name, value === true ? "" : String(value));
}

let counter = 0;

/**
 * An id that nothing else on this page has.
 *
 * @param {string} stem
 */
export function uniqueId(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}
