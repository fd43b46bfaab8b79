/** People, roles and channels, as options and select menus offer them. */

import { isThread, nameOf, roleName } from "./state.js";

/** @typedef {import("./types.js").Choice} Choice */
/** @typedef {import("./state.js").Store} Store */

/**
 * People first, then bots.
 *
 * @param {Store} store
 * @returns {Choice[]}
 */
export const people = (store) =>
  [...store.users.values()]
    .sort((a, b) => Number(a.bot ?? false) - Number(b.bot ?? false))
    .map((user) => ({ name: nameOf(user), value: user.id }));

/**
 * @param {Store} store
 * @returns {Choice[]}
 */
export const roles = (store) =>
  [...store.roles.values()].map((role) => ({ name: roleName(role), value: role.id }));

/**
 * @param {Store} store
 * @returns {Choice[]}
 */
export const peopleAndRoles = (store) => [...people(store), ...roles(store)];

/**
 * Channels, and below them all threads.
 *
 * @param {Store} store
 * @param {number[]} [types]  those that will do; all without it
 * @returns {Choice[]}
 */
export const places = (store, types) =>
  [...store.topChannels(), ...[...store.channels.values()].filter(isThread)]
    .filter(({ type }) => !types || types.includes(type))
    .map(({ id, name }) => ({ name: `#${name}`, value: id }));
