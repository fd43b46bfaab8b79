/**
 * The emoji the bot uses, drawn here: not every machine has a font with them, and they look the same
 * everywhere. Any other emoji stays text.
 */

import { icon } from "./dom.js";

/** @type {Record<string, [symbol: string, name: string]>} */
const DRAWN = {
  "✅": ["done", "done"],
  "⚠": ["warning", "warning"],
  "✖": ["cross", "stopped"],
  "❌": ["cross", "failed"],
  "❔": ["question", "unclear"],
  "🎬": ["clapper", "clapper board"],
  "🎞": ["film", "film"],
  "⏳": ["hourglass", "waiting"],
  "📮": ["postbox", "postbox"],
};

export const EMOJI = new RegExp(`(${Object.keys(DRAWN).join("|")})\\uFE0F?`, "yu");

/**
 * @param {string} text  one emoji
 * @returns {Node | string}
 */
export function emoji(text) {
  const [symbol, name] = DRAWN[text.replace("\uFE0F", "")] ?? [];
  if (!symbol || !name) return text;
  const svg = icon(symbol, "emoji.svg");
  svg.setAttribute("class", "emoji-drawn");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", name);
  svg.removeAttribute("aria-hidden");
  return svg;
}
