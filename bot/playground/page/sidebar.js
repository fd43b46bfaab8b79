/** The left pane: channels with their threads, and who the reader acts as. */

import { h, icon } from "./dom.js";
import { morphChildren } from "./morph.js";
import { avatar } from "./people.js";
import { nameOf } from "./state.js";

/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {{channel: string | null, thread: string | null}} Open */

export class Sidebar {
  /**
   * @param {Store} store
   * @param {{actAs: (id: string) => void, isOpen: (id: string) => boolean}} handlers
   */
  constructor(store, { actAs, isOpen }) {
    this.store = store;
    this.isOpen = isOpen;
    this.guild = h("p", { class: "guild" });
    this.channels = h("nav", { class: "channels", "aria-label": "Channels" });
    this.face = h("span", { class: "face" });
    this.select = h("select", {
      id: "acting-as",
      class: "acting-select",
      onchange: () => actAs(this.select.value),
    });
    const mark = h("img", {
      src: new URL("mark.svg", import.meta.url).pathname,
      alt: "",
      width: 34,
      height: 34,
    });
    this.element = h(
      "section",
      { class: "sidebar", "aria-label": "Server" },
      h("header", { class: "brand" }, mark, h("div", null, h("h1", null, "Zoetrope"), this.guild)),
      this.channels,
      h(
        "div",
        { class: "acting" },
        this.face,
        h("div", null, h("label", { for: "acting-as" }, "Acting as"), this.select),
      ),
    );
  }

  render() {
    const { store } = this;
    this.guild.textContent = `${store.guildName} · playground`;
    const tree = store.topChannels().map((channel) => this.#branch(channel));
    morphChildren(this.channels, h("nav", null, h("ul", null, tree)));
    this.#renderActing();
  }

  /** @param {Channel} channel */
  #branch(channel) {
    const threads = this.store.threadsOf(channel.id);
    return h(
      "li",
      { key: channel.id },
      this.#entry(channel, "hash"),
      threads.length > 0 &&
        h(
          "ul",
          { class: "threads", "aria-label": `Threads of #${channel.name}` },
          threads.map((thread) => h("li", { key: thread.id }, this.#entry(thread, "thread"))),
        ),
    );
  }

  /**
   * @param {Channel} channel
   * @param {string} picture
   */
  #entry(channel, picture) {
    const isOpen = this.isOpen(channel.id);
    const { count, pings } = isOpen ? { count: 0, pings: 0 } : this.store.unreadIn(channel.id);
    const isArchived = channel.thread_metadata?.archived;
    return h(
      "button",
      {
        type: "button",
        class: `channel ${count ? "unread" : ""} ${isArchived ? "archived" : ""}`.trim(),
        "data-action": "open",
        "data-channel": channel.id,
        "aria-current": isOpen ? "true" : null,
      },
      icon(picture),
      h("span", { class: "channel-name" }, channel.name),
      count > 0 && h("span", { class: "visually-hidden" }, `, ${count} new`),
      pings > 0 &&
        h("span", { class: "badge", "aria-label": `${pings} of them mention you` }, pings),
    );
  }

  #renderActing() {
    const { store } = this;
    const people = [...store.users.values()].filter(({ bot }) => !bot);
    const options = people.map((user) => h("option", { value: user.id }, nameAndRole(user)));
    morphChildren(this.select, h("select", null, options));
    this.select.value = store.me;
    const me = store.users.get(store.me);
    if (me) morphChildren(this.face, h("span", null, avatar(me)));
  }
}

/** @param {import("./types.js").User} user */
function nameAndRole(user) {
  const name = nameOf(user);
  return user.moderator && !/moderator/i.test(name) ? `${name} · moderator` : name;
}
