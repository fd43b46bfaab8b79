/** Message components: action rows, and the layouts of Components V2. */

import { h } from "./dom.js";
import { cssColour } from "./embeds.js";
import { emoji } from "./emoji.js";
import { Kind } from "./kinds.js";
import { markdown } from "./markdown.js";
import { figure, fileCard } from "./media.js";
import { checks, isMultiple, isSelect, menu } from "./selects.js";

/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Media} Media */
/** @typedef {import("./messages.js").View} View */
/** @typedef {(component: Component, message: Message, view: View) => Node | null} Render */

const LINK_STYLE = 5;

/** @type {Record<number, Render>} by component type */
const RENDERERS = {
  [Kind.ACTION_ROW]: row,
  [Kind.BUTTON]: button,
  [Kind.SECTION]: section,
  [Kind.TEXT_DISPLAY]: (component, _, view) =>
    h("div", { class: "text" }, markdown(component.content ?? "", view.store)),
  [Kind.THUMBNAIL]: (component, message) =>
    h("div", { class: "thumbnail" }, shown(component, message, "Thumbnail")),
  [Kind.MEDIA_GALLERY]: gallery,
  [Kind.FILE]: (component, message) => {
    const media = resolve(/** @type {Media} */ (component.file), message);
    const name =
      component.name ?? decodeURIComponent(media.url.split("?")[0].split("/").pop() ?? "file");
    return fileCard(name, { url: media.url, size: component.size });
  },
  [Kind.SEPARATOR]: (component) => {
    const spacing = component.spacing === 2 ? "separator wide" : "separator";
    return h("hr", { class: component.divider === false ? `${spacing} blank` : spacing });
  },
  [Kind.CONTAINER]: (component, message, view) =>
    h(
      "div",
      { class: "card container", style: { "--accent": cssColour(component.accent_color) } },
      renderComponents(component.components ?? [], message, view),
    ),
};

/**
 * Render siblings. Each is keyed by its type and its place among its type, so that a clip stays the
 * same element when text appears above it.
 *
 * @param {Component[]} components
 * @param {Message} message
 * @param {View} view
 * @returns {Node[]}
 */
export function renderComponents(components, message, view) {
  /** @type {Map<number, number>} */
  const seen = new Map();
  return components.flatMap((component) => {
    const render = isSelect(component) ? select : RENDERERS[component.type];
    const node = render?.(component, message, view);
    if (!node) return [];
    const place = seen.get(component.type) ?? 0;
    seen.set(component.type, place + 1);
    if (node instanceof HTMLElement) node.dataset.key ??= `${component.type}.${place}`;
    return [node];
  });
}

/** @type {Render} */
function row(component, message, view) {
  return h("div", { class: "row" }, renderComponents(component.components ?? [], message, view));
}

/** @type {Render} */
function button(component, message, view) {
  const mark = component.emoji?.name;
  const face = [
    mark &&
      h("span", { class: "emoji", "aria-hidden": component.label ? "true" : null }, emoji(mark)),
    component.label && h("span", null, component.label),
  ];
  if (component.style === LINK_STYLE) {
    return h(
      "a",
      { class: "button link", href: component.url, target: "_blank", rel: "noopener noreferrer" },
      face,
    );
  }
  const isBusy = view.isBusy(message.id, component.custom_id ?? "");
  return h(
    "button",
    {
      type: "button",
      class: `button style-${component.style ?? 2}`,
      disabled: component.disabled,
      "aria-busy": isBusy ? "true" : null,
      "aria-disabled": isBusy ? "true" : null,
      ...wiring("press", component, message),
    },
    face,
  );
}

/** @type {Render} */
function select(component, message, view) {
  // What was chosen stays for as long as it is the same select.
  const key = { "data-key": component.custom_id };
  if (!isMultiple(component))
    return menu(component, view.store, { ...wiring("choose", component, message), ...key });
  const apply = {
    type: "button",
    class: "button style-1",
    ...wiring("choose-several", component, message),
  };
  return h(
    "details",
    { class: "several", ...key },
    h("summary", { class: "menu" }, component.placeholder || "Make a selection"),
    checks(component, view.store),
    h("button", apply, "Apply"),
  );
}

/** @type {Render} */
function section(component, message, view) {
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-text" },
      renderComponents(component.components ?? [], message, view),
    ),
    component.accessory && renderComponents([component.accessory], message, view),
  );
}

/** @type {Render} */
function gallery(component, message) {
  const items = component.items ?? [];
  const figures = items.map(({ media, description, spoiler }) =>
    figure(resolve(media, message), description ?? "", { isSpoiler: spoiler }),
  );
  return h("div", { class: `gallery of-${Math.min(figures.length, 4)}` }, figures);
}

/**
 * @param {Component} component
 * @param {Message} message
 * @param {string} fallback
 */
function shown(component, message, fallback) {
  const media = resolve(/** @type {Media} */ (component.media), message);
  return figure(media, component.description ?? fallback, { isSpoiler: component.spoiler });
}

/**
 * What a click needs to know, where the page's one listener finds it.
 *
 * @param {string} action
 * @param {Component} component
 * @param {Message} message
 */
function wiring(action, component, message) {
  return {
    "data-action": action,
    "data-message": message.id,
    "data-channel": message.channel_id,
    "data-custom": component.custom_id,
    "data-type": component.type,
  };
}

/**
 * A file of the message itself is named `attachment://…` until the server has replaced it.
 *
 * @param {Media} media
 * @param {Message} message
 * @returns {Media}
 */
function resolve(media, message) {
  const name = media.url.startsWith("attachment://") ? media.url.slice(13) : null;
  const attachment = message.attachments?.find(
    ({ filename, url }) => filename === name || url.split("?")[0] === media.url.split("?")[0],
  );
  if (!attachment) return media;
  // Only the attachment knows its size; the gallery's media may not.
  return { ...media, ...attachment, url: name ? attachment.url : media.url };
}
