/** Discord's block markdown: paragraphs, headings, quotes, lists, code. */

import { h } from "./dom.js";
import { inline } from "./inline.js";

/** @typedef {import("./state.js").Store} Store */

const FENCE = /```(?:([\w+#.-]+)\n)?\n*([\s\S]+?)\n*```/g;
const HEADING = /^(#{1,3}) +(\S.*)$/;
const SUBTEXT = /^-# +(\S.*)$/;
const QUOTE = /^> (.*)$|^>$/;
const ITEM = /^( *)(?:[-*]|(\d{1,9})\.) +(\S.*)$/;

/**
 * Render a message's text. It only ever becomes text nodes and elements made here.
 *
 * @param {string} text
 * @param {Store} store
 * @returns {Node[]}
 */
export function markdown(text, store) {
  const nodes = [];
  let at = 0;
  for (const fence of text.matchAll(FENCE)) {
    nodes.push(...blocks(text.slice(at, fence.index), store));
    nodes.push(h("pre", { tabindex: "0" }, h("code", { "data-language": fence[1] }, fence[2])));
    at = fence.index + fence[0].length;
  }
  nodes.push(...blocks(text.slice(at), store));
  return nodes;
}

/**
 * @param {string} text
 * @param {Store} store
 * @returns {Node[]}
 */
function blocks(text, store) {
  const everything = text.indexOf(">>> ");
  if (everything === 0 || (everything > 0 && text[everything - 1] === "\n")) {
    const quote = h("blockquote", null, blocks(text.slice(everything + 4), store));
    return [...blocks(text.slice(0, everything), store), quote];
  }
  const lines = text.replace(/^\n+|\s+$/g, "").split("\n");
  const nodes = [];
  while (lines.length) nodes.push(...nextBlock(lines, store));
  return nodes;
}

/**
 * @param {string[]} lines  what was used is taken from the front
 * @param {Store} store
 * @returns {Node[]}
 */
function nextBlock(lines, store) {
  const heading = HEADING.exec(lines[0]);
  if (heading) {
    lines.shift();
    // A message's "#" is not a heading of the page, so levels start beneath the page's own.
    return [h(`h${heading[1].length + 3}`, null, inline(heading[2], store))];
  }
  const subtext = SUBTEXT.exec(lines[0]);
  if (subtext) {
    lines.shift();
    return [h("small", null, inline(subtext[1], store))];
  }
  if (QUOTE.test(lines[0])) {
    const quoted = takeWhile(lines, (line) => QUOTE.test(line)).map((line) => line.slice(2));
    return [h("blockquote", null, blocks(quoted.join("\n"), store))];
  }
  if (ITEM.test(lines[0])) return lists(takeWhile(lines, isItemOrContinued), store);
  const plain = takeWhile(lines, isPlain).join("\n").replace(/\n+$/, "");
  return plain ? [h("p", null, inline(plain, store))] : [];
}

/** @param {string} line */
function isItemOrContinued(line) {
  return ITEM.test(line) || /^ {2,}\S/.test(line);
}

/** @param {string} line */
function isPlain(line) {
  return ![HEADING, SUBTEXT, QUOTE, ITEM].some((pattern) => pattern.test(line));
}

/**
 * @param {string[]} lines
 * @param {(line: string) => boolean} test
 */
function takeWhile(lines, test) {
  const end = lines.findIndex((line) => !test(line));
  return lines.splice(0, end === -1 ? lines.length : Math.max(end, 1));
}

/**
 * @param {string[]} lines
 * @param {Store} store
 * @returns {Node[]}
 */
function lists(lines, store) {
  const nodes = [];
  while (lines.length) nodes.push(nextList(lines, store));
  return nodes;
}

/**
 * One list: it ends where items with another kind of mark begin.
 *
 * @param {string[]} lines  what was used is taken from the front
 * @param {Store} store
 */
function nextList(lines, store) {
  const [, indent, number] = /** @type {RegExpExecArray} */ (ITEM.exec(lines[0]));
  const element = h(number ? "ol" : "ul", { start: number });
  const isOfThisKind = () => Boolean(ITEM.exec(lines[0])?.[2]) === Boolean(number);
  do {
    const text = ITEM.exec(lines[0])?.[3] ?? lines[0].trim();
    lines.shift();
    const inner = takeDeeper(lines, indent.length);
    const split = inner.findIndex((line) => ITEM.test(line));
    const own = (split === -1 ? inner : inner.slice(0, split)).map((line) => line.trim());
    const nested = split === -1 ? [] : inner.slice(split);
    element.append(h("li", null, inline([text, ...own].join("\n"), store), lists(nested, store)));
  } while (lines.length && (isOfThisKind() || !ITEM.test(lines[0])));
  return element;
}

/**
 * The lines that belong to an item: those indented further than it is.
 *
 * @param {string[]} lines
 * @param {number} indent
 */
function takeDeeper(lines, indent) {
  if (!lines.length || lines[0].search(/\S/) <= indent) return [];
  return takeWhile(lines, (line) => line.search(/\S/) > indent);
}
