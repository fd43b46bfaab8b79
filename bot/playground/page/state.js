/** What one member can see: loaded once, then kept true by events. */

import { CommandType } from "./kinds.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").User} User */
/** @typedef {import("./types.js").Role} Role */
/** @typedef {import("./types.js").Command} Command */

const THREAD_TYPES = new Set([10, 11, 12]);
const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const TYPING_MS = 9000;

/** @param {Channel} channel */
export const isThread = (channel) => THREAD_TYPES.has(channel.type);

/** @param {Message} message */
export const isEphemeral = (message) =>
  Boolean(message.ephemeral || (message.flags ?? 0) & EPHEMERAL);

/** @param {Message} message */
export const isThinking = (message) => message.thinking ?? Boolean((message.flags ?? 0) & LOADING);

/** @param {User | undefined} user */
export const nameOf = (user) => (user ? user.global_name || user.username : "someone");

/** @param {Role} role  "@everyone" has its mark in its name */
export const roleName = ({ name }) => `@${name.replace(/^@/, "")}`;

/**
 * Dispatches "change" after anything changed, "created" and "edited" with a message in `detail`,
 * and "thread" with a new thread.
 */
export class Store extends EventTarget {
  me = "";
  guildName = "";
  isBotOnline = true;
  isConnected = true;
  /** @type {Map<string, User>} */
  users = new Map();
  /** @type {Map<string, Role>} */
  roles = new Map();
  /** @type {Map<string, Channel>} */
  channels = new Map();
  /** @type {Command[]} */
  commands = [];
  /** @type {Map<string, Map<string, Message>>} by channel, then by id, oldest first */
  #messages = new Map();
  /** @type {Set<string>} ephemeral messages the reader sent away */
  #dismissed = new Set();
  /** @type {Map<string, Map<string, number>>} channel, user, end of typing */
  #typing = new Map();
  /** @type {Map<string, {count: number, pings: number}>} */
  #unread = new Map();

  /** @param {State} state */
  replace(state) {
    this.me = state.me;
    this.guildName = state.guild.name;
    this.isBotOnline = state.bot.online;
    this.commands = state.commands;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.roles = new Map(state.roles.map((role) => [role.id, role]));
    this.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
    this.#messages = new Map(
      Object.entries(state.messages).map(([id, list]) => [id, new Map(list.map((m) => [m.id, m]))]),
    );
    this.#changed();
  }

  /** @param {import("./types.js").Frame} frame */
  apply({ t: kind, d: data }) {
    switch (kind) {
      case "MESSAGE_CREATE":
      case "MESSAGE_UPDATE":
        this.#putMessage(data);
        break;
      case "MESSAGE_DELETE":
        this.#messages.get(data.channel_id)?.delete(data.id);
        break;
      case "CHANNEL_CREATE":
      case "CHANNEL_UPDATE":
      case "THREAD_CREATE":
      case "THREAD_UPDATE":
        this.#putChannel(data);
        break;
      case "COMMANDS":
        this.commands = data;
        break;
      case "TYPING":
        this.#putTyping(data.channel_id, data.user_id);
        break;
      case "BOT":
        this.isBotOnline = data.online;
        break;
      default:
        return;
    }
    this.#changed();
  }

  /** @param {string} id */
  channel(id) {
    return this.channels.get(id);
  }

  /** Text channels in their order. */
  topChannels() {
    return [...this.channels.values()]
      .filter((channel) => channel.type === 0 || channel.type === 5)
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || byAge(a, b));
  }

  /**
   * The threads of a channel, newest first, archived ones last.
   *
   * @param {string} parentId
   */
  threadsOf(parentId) {
    const isArchived = (/** @type {Channel} */ thread) =>
      Number(thread.thread_metadata?.archived ?? false);
    return [...this.channels.values()]
      .filter((channel) => isThread(channel) && channel.parent_id === parentId)
      .sort((a, b) => isArchived(a) - isArchived(b) || byAge(b, a));
  }

  /**
   * The thread that hangs beneath a message.
   *
   * @param {Message} message
   */
  threadAt(message) {
    const channel = this.channels.get(message.id);
    return channel && isThread(channel) ? channel : message.thread;
  }

  /** @param {string} id */
  message(id) {
    return [...this.#messages.values()].map((inside) => inside.get(id)).find(Boolean);
  }

  /**
   * @param {string} channelId
   * @returns {Message[]}
   */
  messagesIn(channelId) {
    const all = [...(this.#messages.get(channelId)?.values() ?? [])];
    return all.filter((message) => !this.#dismissed.has(message.id));
  }

  /** The slash commands the member may see. */
  myCommands() {
    return this.offered(CommandType.SLASH);
  }

  /**
   * The commands of one `CommandType` the member may see: Discord hides some behind a permission.
   *
   * @param {number} type
   */
  offered(type) {
    const isModerator = Boolean(this.users.get(this.me)?.moderator);
    return this.commands
      .filter((command) => (command.type ?? CommandType.SLASH) === type)
      .filter((command) => isModerator || (command.default_member_permissions ?? null) === null)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @param {string} channelId */
  typingIn(channelId) {
    const ends = [...(this.#typing.get(channelId) ?? [])];
    return ends.filter(([, end]) => end > Date.now()).map(([id]) => nameOf(this.users.get(id)));
  }

  /** @param {string} channelId */
  unreadIn(channelId) {
    return this.#unread.get(channelId) ?? { count: 0, pings: 0 };
  }

  /** @param {string} channelId */
  markRead(channelId) {
    if (this.#unread.delete(channelId)) this.#changed();
  }

  /** @param {string} messageId */
  dismiss(messageId) {
    this.#dismissed.add(messageId);
    this.#changed();
  }

  /** @param {boolean} isConnected */
  setConnected(isConnected) {
    this.isConnected = isConnected;
    this.#changed();
  }

  /** @param {Message} message */
  #putMessage(message) {
    const list = this.#messages.get(message.channel_id) ?? new Map();
    this.#messages.set(message.channel_id, list);
    const known = list.get(message.id);
    list.set(message.id, { ...known, ...message });
    this.#typing.get(message.channel_id)?.delete(message.author?.id);
    if (!known) this.#countUnread(message);
    this.dispatchEvent(
      new CustomEvent(known ? "edited" : "created", { detail: list.get(message.id) }),
    );
  }

  /** @param {Message} message */
  #countUnread(message) {
    const { count, pings } = this.unreadIn(message.channel_id);
    const isPing = message.pinged?.includes(this.me) ?? false;
    this.#unread.set(message.channel_id, { count: count + 1, pings: pings + Number(isPing) });
  }

  /** @param {Channel} channel */
  #putChannel(channel) {
    const isNew = !this.channels.has(channel.id);
    this.channels.set(channel.id, { ...this.channels.get(channel.id), ...channel });
    if (isNew && isThread(channel)) {
      this.dispatchEvent(new CustomEvent("thread", { detail: channel }));
    }
  }

  /**
   * @param {string} channelId
   * @param {string} userId
   */
  #putTyping(channelId, userId) {
    const ends = this.#typing.get(channelId) ?? new Map();
    this.#typing.set(channelId, ends.set(userId, Date.now() + TYPING_MS));
    setTimeout(() => this.#changed(), TYPING_MS + 50);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {{id: string}} a
 * @param {{id: string}} b
 */
function byAge(a, b) {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id));
}
