/** Discord's inline markdown: bold, italic, code, links, mentions, times. */

import { h } from "./dom.js";
import { EMOJI, emoji } from "./emoji.js";
import { nameOf, roleName } from "./state.js";
import { stampText } from "./time.js";

/** @typedef {import("./state.js").Store} Store */
/** @typedef {(Node | string)[]} Nodes */
/** @typedef {(match: RegExpExecArray, store: Store, depth: number) => Node | string | Nodes} Build */

const DEEPEST = 8;
const METER_FULL = "▰█▓▉■🟩🟧🟨🟦🟪";
const METER_EMPTY = "▱░▒□⬛⬜";

/** Text between two marks, where an escaped mark does not count. */
const between = String.raw`((?:\\[\s\S]|[^\\])+?)`;

/** @type {[RegExp, Build][]} tried in this order at each position */
const RULES = [
  [/\\([^\sA-Za-z0-9])/y, ([, mark]) => mark],
  [/(`{1,2})([\s\S]*?[^`])\1(?!`)/y, ([, , code]) => h("code", null, code.trim() || code)],
  [/<(https?:\/\/[^\s>]+)>/y, ([, url]) => link(url, url)],
  [/<@!?(\d+)>/y, ([, id], store) => userMention(id, store)],
  [/<@&(\d+)>/y, ([, id], store) => roleMention(id, store)],
  [/<#(\d+)>/y, ([, id], store) => channelMention(id, store)],
  [/<\/([^:>\n]{1,100}):\d+>/y, ([, name]) => commandMention(name)],
  [
    /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    ([, seconds, style]) => timeStamp(Number(seconds), style ?? "f"),
  ],
  [EMOJI, ([mark]) => emoji(mark)],
  [/<a?:(\w{2,32}):\d+>/y, ([, name]) => `:${name}:`],
  [
    /\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"\n]*")?\)/y,
    ([, label, url], store, depth) => link(url, ...inline(label, store, depth)),
  ],
  [/https?:\/\/[^\s<]*[^\s<.,:;"'!?)\]*_~|]/y, ([url]) => link(url, url)],
  [new RegExp(String.raw`\*\*${between}\*\*(?!\*)`, "y"), wrap("strong")],
  [new RegExp(String.raw`__${between}__(?!_)`, "y"), wrap("u")],
  [new RegExp(String.raw`~~${between}~~`, "y"), wrap("s")],
  [new RegExp(String.raw`\|\|${between}\|\|`, "y"), spoiler],
  [new RegExp(String.raw`\*(?=\S)${between}(?<=\S)\*(?!\*)`, "y"), wrap("em")],
  [new RegExp(String.raw`(?<![A-Za-z0-9_])_${between}_(?![A-Za-z0-9_])`, "y"), wrap("em")],
  [new RegExp(`(?:[${METER_FULL}]|[${METER_EMPTY}]){5,60}`, "yu"), ([cells]) => meter(cells)],
];

/**
 * @param {string} text
 * @param {Store} store
 * @param {number} [depth]
 * @returns {Nodes}
 */
export function inline(text, store, depth = 0) {
  if (depth > DEEPEST) return [text];
  /** @type {Nodes} */
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const found = firstMatch(text, at);
    if (found) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(.../** @type {Nodes} */ ([found.build(found.match, store, depth + 1)].flat()));
      at += found.match[0].length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/**
 * @param {string} text
 * @param {number} at
 */
function firstMatch(text, at) {
  for (const [pattern, build] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { match, build };
  }
  return null;
}

/**
 * @param {string} tag
 * @returns {Build}
 */
function wrap(tag) {
  return ([, inner], store, depth) => h(tag, null, inline(inner, store, depth));
}

/** @type {Build} */
function spoiler([, inner], store, depth) {
  const label = "Spoiler, press to reveal";
  return h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: "0",
      "data-action": "reveal",
      "aria-label": label,
    },
    h("span", null, inline(inner, store, depth)),
  );
}

/**
 * @param {string} url
 * @param {...(Node | string)} label
 */
function link(url, ...label) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

/**
 * @param {string} id
 * @param {Store} store
 */
function userMention(id, store) {
  const user = store.users.get(id);
  const kind = id === store.me ? "mention mention-me" : "mention";
  return h("span", { class: kind }, `@${user ? nameOf(user) : "unknown member"}`);
}

/**
 * @param {string} id
 * @param {Store} store
 */
function roleMention(id, store) {
  const role = store.roles.get(id);
  return h("span", { class: "mention" }, role ? roleName(role) : "@unknown role");
}

/**
 * @param {string} id
 * @param {Store} store
 */
function channelMention(id, store) {
  const channel = store.channel(id);
  if (!channel) return h("span", { class: "mention" }, "#unknown");
  const props = { type: "button", class: "mention", "data-action": "open", "data-channel": id };
  return h("button", props, `#${channel.name}`);
}

/** @param {string} name */
function commandMention(name) {
  const props = { type: "button", class: "mention", "data-action": "use", "data-command": name };
  return h("button", props, `/${name}`);
}

/**
 * @param {number} seconds
 * @param {string} style
 */
function timeStamp(seconds, style) {
  const isRelative = style === "R";
  const props = {
    class: "stamp",
    title: stampText(seconds, "F"),
    "data-relative": isRelative ? seconds : null,
  };
  return h("time", props, stampText(seconds, style));
}

/**
 * A run of block characters, as bots draw progress, becomes a meter.
 *
 * @param {string} cells
 */
function meter(cells) {
  const each = [...cells].map((cell) => METER_FULL.includes(cell));
  const percent = Math.round((each.filter(Boolean).length / each.length) * 100);
  const props = { class: "meter", role: "img", "aria-label": `about ${percent} percent` };
  return h(
    "span",
    props,
    each.map((isFull) => h("i", { class: isFull ? "full" : null })),
  );
}
