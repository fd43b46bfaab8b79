/** One message of the channel, from who asked for it to the thread beneath it. */

import { renderComponents } from "./components.js";
import { h, icon } from "./dom.js";
import { embedList } from "./embeds.js";
import { inline } from "./inline.js";
import { CommandType } from "./kinds.js";
import { markdown } from "./markdown.js";
import { attachmentList } from "./media.js";
import { avatar } from "./people.js";
import { isEphemeral, isThinking, nameOf } from "./state.js";
import { messageTime } from "./time.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").User} User */
/**
 * What a message needs to know beyond itself.
 *
 * @typedef {object} View
 * @property {import("./state.js").Store} store
 * @property {(messageId: string, customId: string) => boolean} isBusy
 * @property {() => string | null} openThread  the id of the thread that stands open
 */

const COMPONENTS_V2 = 1 << 15;
const THREAD_CREATED = 18;
const GROUP_MS = 7 * 60_000;

/**
 * @param {Message} message
 * @param {Message | undefined} before  the message above it
 * @param {View} view
 * @returns {HTMLElement}
 */
export function renderMessage(message, before, view) {
  if (message.type === THREAD_CREATED) return threadNotice(message);
  const { store } = view;
  const author = store.users.get(message.author.id) ?? message.author;
  const isGrouped = continues(message, before);
  const classes = {
    message: true,
    grouped: isGrouped,
    private: isEphemeral(message),
    pinged: message.pinged?.includes(store.me),
  };
  return h(
    "li",
    { class: namesOf(classes), key: message.id, "data-message": message.id },
    invocation(message, view),
    isGrouped ? null : avatar(author),
    h(
      "div",
      { class: "message-main", key: "main" },
      h(
        "p",
        { class: isGrouped ? "message-head visually-hidden" : "message-head", key: "head" },
        head(message, author),
      ),
      isThinking(message) ? thinking(author) : body(message, view),
      isGrouped &&
        message.edited_timestamp &&
        h("p", { class: "edited", key: "edited", "aria-hidden": "true" }, "(edited)"),
      isEphemeral(message) && privateNote(message),
      threadCard(message, view),
    ),
    menuButton(message, author, store),
  );
}

/**
 * @param {Message} message
 * @param {View} view
 */
function body(message, view) {
  const isLayout = Boolean((message.flags ?? 0) & COMPONENTS_V2);
  const components = message.components ?? [];
  return h(
    "div",
    { class: "message-body", key: "body" },
    message.content &&
      h("div", { class: "text", key: "text" }, markdown(message.content, view.store)),
    embedList(message.embeds ?? [], view.store),
    isLayout ? null : attachmentList(message.attachments ?? []),
    components.length > 0 &&
      h(
        "div",
        { class: isLayout ? "layout" : "rows", key: "components" },
        renderComponents(components, message, view),
      ),
  );
}

/**
 * @param {Message} message
 * @param {User} author
 */
function head(message, author) {
  const date = new Date(message.timestamp);
  const edited = isThinking(message) ? null : message.edited_timestamp;
  return [
    h("strong", { class: "author" }, nameOf(author)),
    author.bot && h("span", { class: "tag" }, "BOT"),
    " ",
    h("time", { datetime: message.timestamp, title: time(message.timestamp) }, messageTime(date)),
    edited && h("span", { class: "edited", title: time(edited) }, "(edited)"),
  ];
}

/**
 * "Mia used /animate", or the message this one answers.
 *
 * @param {Message} message
 * @param {View} view
 */
function invocation(message, { store }) {
  const known = message.interaction_metadata ?? message.interaction;
  const user = known?.user && (store.users.get(known.user.id) ?? known.user);
  const name = known?.name ?? message.interaction?.name;
  if (user && name) {
    const command = h("span", { class: "mention" }, `/${name}`);
    return h(
      "p",
      { class: "above", key: "above" },
      avatar(user, "small"),
      h("b", null, nameOf(user)),
      " used ",
      command,
    );
  }
  const reference = message.message_reference?.message_id;
  const answered = store.messagesIn(message.channel_id).find(({ id }) => id === reference);
  if (!answered) return null;
  const who = h("b", null, nameOf(store.users.get(answered.author.id) ?? answered.author));
  const quote = answered.content.split("\n")[0].slice(0, 120);
  return h(
    "p",
    { class: "above", key: "above" },
    avatar(answered.author, "small"),
    who,
    " ",
    inline(quote, store),
  );
}

/** @param {User} author */
function thinking(author) {
  const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h("p", { class: "thinking", key: "thinking" }, dots, `${nameOf(author)} is thinking…`);
}

/** @param {Message} message */
function privateNote(message) {
  const dismiss = {
    type: "button",
    class: "textual",
    "data-action": "dismiss",
    "data-message": message.id,
  };
  return h(
    "p",
    { class: "only-you", key: "private" },
    icon("eye"),
    "Only you can see this · ",
    h("button", dismiss, "Dismiss"),
  );
}

/**
 * @param {Message} message
 * @param {View} view
 */
function threadCard(message, { store, openThread }) {
  const thread = store.threadAt(message);
  if (!thread || thread.id === message.channel_id) return null;
  const inside = store.messagesIn(thread.id);
  const count = Math.max(thread.message_count ?? 0, inside.length);
  const isOpen = openThread() === thread.id;
  return h(
    "button",
    {
      class: "thread-card",
      type: "button",
      key: "thread",
      "data-action": "open",
      "data-channel": thread.id,
      "aria-current": isOpen ? "true" : null,
    },
    icon("thread"),
    h("span", { class: "thread-name" }, thread.name),
    h("span", { class: "thread-count" }, count === 1 ? "1 message" : `${count} messages`),
    h("span", { class: "thread-open" }, "Open ›"),
  );
}

/**
 * Opens the bot's menu of the message and its author; a right-click or a long press does so too.
 *
 * @param {Message} message
 * @param {User} author
 * @param {import("./state.js").Store} store
 */
function menuButton(message, author, store) {
  const inMenus = [CommandType.USER, CommandType.MESSAGE].flatMap((type) => store.offered(type));
  if (!inMenus.length || isEphemeral(message) || isThinking(message)) return null;
  const open = {
    type: "button",
    class: "menu-button",
    key: "menu",
    "data-action": "menu",
    "data-message": message.id,
    "aria-label": `Menu of the message by ${nameOf(author)}`,
    "aria-haspopup": "menu",
  };
  return h("button", open, icon("more"));
}

/** @param {Message} message */
function threadNotice(message) {
  const id = message.message_reference?.channel_id;
  const open = { type: "button", class: "mention", "data-action": "open", "data-channel": id };
  return h(
    "li",
    { class: "notice", key: message.id },
    icon("thread"),
    h(
      "span",
      null,
      h("b", null, nameOf(message.author)),
      " started a thread: ",
      h("button", open, message.content),
    ),
  );
}

/**
 * @param {Message} message
 * @param {Message | undefined} before
 */
function continues(message, before) {
  if (!before || before.type === THREAD_CREATED || before.author.id !== message.author.id)
    return false;
  const isAnswer = message.interaction_metadata || message.interaction || message.message_reference;
  if (isAnswer || isEphemeral(before) !== isEphemeral(message)) return false;
  return Date.parse(message.timestamp) - Date.parse(before.timestamp) < GROUP_MS;
}

/** @param {string} iso */
function time(iso) {
  return new Date(iso).toLocaleString("en-GB");
}

/** @param {Record<string, boolean | undefined>} classes */
function namesOf(classes) {
  return Object.keys(classes)
    .filter((name) => classes[name])
    .join(" ");
}
