/** Commands as the picker offers them and as an interaction carries them. No elements here. */

import { OptionType } from "./kinds.js";

/** @typedef {import("./types.js").Command} Command */
/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./types.js").SentOption} SentOption */

/**
 * One thing a member can choose: a command, or one subcommand of it.
 *
 * @typedef {object} Leaf
 * @property {Command} command
 * @property {Option[]} path  the group and the subcommand, where there are any
 * @property {string} name  "budget grant"
 * @property {string} description
 * @property {Option[]} options
 */

/**
 * @param {Command[]} commands
 * @returns {Leaf[]}
 */
export function leavesOf(commands) {
  return commands.flatMap((command) => leavesBelow(command, command, []));
}

/**
 * @param {Command} command
 * @param {Command | Option} at
 * @param {Option[]} path
 * @returns {Leaf[]}
 */
function leavesBelow(command, at, path) {
  const options = at.options ?? [];
  const inner = options.filter(
    ({ type }) => type === OptionType.SUBCOMMAND || type === OptionType.GROUP,
  );
  if (inner.length)
    return inner.flatMap((option) => leavesBelow(command, option, [...path, option]));
  const name = [command, ...path].map((part) => part.name).join(" ");
  return [{ command, path, name, description: at.description, options }];
}

/**
 * The commands whose name holds what was typed, the ones that start with it first.
 *
 * @param {Leaf[]} leaves
 * @param {string} typed  with or without its "/"
 */
export function matching(leaves, typed) {
  const wanted = typed.replace(/^\//, "").trim().toLowerCase();
  const rank = (/** @type {Leaf} */ { name }) =>
    name.startsWith(wanted) ? 0 : Number(name.includes(wanted)) || 2;
  const found = leaves.filter((leaf) => leaf.name.includes(wanted));
  return found.sort((a, b) => rank(a) - rank(b));
}

/**
 * The `command` of an interaction's payload.
 *
 * @param {Leaf} leaf
 * @param {SentOption[]} options
 */
export function sentCommand({ command, path }, options) {
  const nested = path.reduceRight(
    (inner, { type, name }) => [{ type, name, options: inner }],
    options,
  );
  return { id: command.id, name: command.name, options: nested };
}

/**
 * Turn what was typed into an option's value, or say what is wrong with it.
 *
 * @param {Option} option
 * @param {string} text
 * @returns {{value: string | number} | {problem: string}}
 */
export function parseText(option, text) {
  if (option.type === OptionType.INTEGER || option.type === OptionType.NUMBER)
    return parseNumber(option, text);
  const length = [...text].length;
  if (option.min_length && length < option.min_length) {
    return { problem: `Write at least ${option.min_length} characters.` };
  }
  if (option.max_length && length > option.max_length) {
    return { problem: `At most ${option.max_length} characters; these are ${length}.` };
  }
  return { value: text };
}

/**
 * @param {Option} option
 * @param {string} text
 */
function parseNumber(option, text) {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return { problem: "Write a number." };
  if (option.type === OptionType.INTEGER && !Number.isSafeInteger(value)) {
    return { problem: "Write a whole number." };
  }
  if (option.min_value !== undefined && value < option.min_value) {
    return { problem: `At least ${option.min_value}.` };
  }
  if (option.max_value !== undefined && value > option.max_value) {
    return { problem: `At most ${option.max_value}.` };
  }
  return { value };
}
