/** How people look: a round picture drawn from their name and colour. */

import { h } from "./dom.js";
import { nameOf } from "./state.js";

/** @typedef {import("./types.js").User} User */

const MARK = new URL("mark.svg", import.meta.url).pathname;

/**
 * @param {User} user
 * @param {string} [size]  a class: "small" or "large"
 * @returns {HTMLElement}
 */
export function avatar(user, size = "large") {
  const props = {
    class: `avatar ${size}`,
    "aria-hidden": "true",
    style: { "--colour": colourOf(user) },
  };
  if (user.bot) return h("span", props, h("img", { src: MARK, alt: "" }));
  const initials = nameOf(user)
    .split(/\s+/)
    .map((word) => [...word][0])
    .slice(0, 2);
  return h("span", props, initials.join("").toUpperCase());
}

/** @param {User} user */
function colourOf({ id, colour }) {
  // Discord's "no colour" is black, and only a plain colour is let through.
  if (colour && colour !== "#000000" && /^#[0-9a-f]{6}$/i.test(colour)) return colour;
  return `hsl(${Number(BigInt(id) % 360n)} 60% 70%)`;
}
