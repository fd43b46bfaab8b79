/** Discord's embeds. */

import { h } from "./dom.js";
import { inline } from "./inline.js";
import { markdown } from "./markdown.js";
import { figure } from "./media.js";

/** @typedef {import("./types.js").Embed} Embed */
/** @typedef {import("./state.js").Store} Store */

/**
 * @param {Embed[]} embeds
 * @param {Store} store
 * @returns {HTMLElement | null}
 */
export function embedList(embeds, store) {
  if (!embeds.length) return null;
  return h(
    "div",
    { class: "embeds", key: "embeds" },
    embeds.map((embed) => card(embed, store)),
  );
}

/**
 * Discord's colours are one number; CSS wants six digits.
 *
 * @param {number | null | undefined} colour
 */
export function cssColour(colour) {
  return typeof colour === "number" ? `#${colour.toString(16).padStart(6, "0")}` : null;
}

/**
 * @param {Embed} embed
 * @param {Store} store
 */
function card(embed, store) {
  const footer = [
    embed.footer?.text,
    embed.timestamp && new Date(embed.timestamp).toLocaleString("en-GB"),
  ];
  return h(
    "div",
    { class: "card embed", style: { "--accent": cssColour(embed.color) } },
    embed.thumbnail && h("div", { class: "embed-thumbnail" }, figure(embed.thumbnail, "Thumbnail")),
    embed.author && h("p", { class: "embed-author" }, embed.author.name),
    embed.title && h("p", { class: "embed-title" }, title(embed, store)),
    embed.description && h("div", { class: "text" }, markdown(embed.description, store)),
    embed.fields?.length
      ? h(
          "dl",
          { class: "embed-fields" },
          embed.fields.map((each) => field(each, store)),
        )
      : null,
    embed.image && figure(embed.image, embed.title ?? "Picture"),
    footer.some(Boolean) && h("p", { class: "embed-footer" }, footer.filter(Boolean).join(" · ")),
  );
}

/**
 * @param {Embed} embed
 * @param {Store} store
 */
function title(embed, store) {
  const text = inline(embed.title ?? "", store);
  if (!embed.url) return text;
  return [h("a", { href: embed.url, target: "_blank", rel: "noopener noreferrer" }, text)];
}

/**
 * @param {{name: string, value: string, inline?: boolean}} field
 * @param {Store} store
 */
function field(field, store) {
  return h(
    "div",
    { class: field.inline ? "embed-field inline" : "embed-field" },
    h("dt", null, inline(field.name, store)),
    h("dd", { class: "text" }, markdown(field.value, store)),
  );
}
