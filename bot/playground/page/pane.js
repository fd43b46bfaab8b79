/** One channel or thread: its head, its messages, what is under way, and its composer. */

import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { acceptFiles } from "./filefield.js";
import { MessageList } from "./list.js";
import { isThread } from "./state.js";

/** @typedef {import("./types.js").Channel} Channel */
/**
 * @typedef {object} Handlers
 * @property {() => void} back
 * @property {(() => void)} [close]
 */

export class Pane {
  /**
   * @param {Channel} channel
   * @param {import("./messages.js").View} view
   * @param {import("./interactions.js").Interactions} interactions
   * @param {Handlers} handlers
   */
  constructor(channel, view, interactions, handlers) {
    this.channelId = channel.id;
    this.view = view;
    this.interactions = interactions;
    const place = isThread(channel) ? `the thread ${channel.name}` : `#${channel.name}`;
    this.composer = new Composer({ store: view.store, interactions, channelId: channel.id, place });
    this.list = new MessageList(view, channel.id, `Messages in ${place}`, () => this.#intro());
    this.title = h("h2", { class: "pane-title", tabindex: "-1" });
    this.topic = h("p", { class: "pane-topic" });
    this.status = h("p", { class: "pane-status" });
    this.head = h("header", { class: "pane-head" }, this.#tools(channel, handlers));
    this.element = h(
      "section",
      { class: "pane", "aria-label": place, "data-channel": channel.id },
      this.head,
      this.list.element,
      h("div", { class: "pane-foot" }, this.status, this.composer.element),
    );
    acceptFiles(this.element, (files) => this.composer.takeFiles(files));
  }

  get channel() {
    return this.view.store.channel(this.channelId);
  }

  render() {
    const { channel } = this;
    if (!channel) return;
    this.title.textContent = channel.name;
    const isArchived = channel.thread_metadata?.archived;
    this.topic.textContent = isArchived
      ? "Archived: a new message wakes it"
      : (channel.topic ?? "");
    this.list.render();
    this.#renderStatus();
  }

  focus() {
    this.title.focus();
  }

  close() {
    this.list.close();
  }

  /**
   * @param {Channel} channel
   * @param {Handlers} handlers
   */
  #tools(channel, { back, close }) {
    const backLabel = isThread(channel) ? "Back to the channel" : "Back to the list of channels";
    return [
      h(
        "button",
        { type: "button", class: "icon-button back", "aria-label": backLabel, onclick: back },
        icon("back"),
      ),
      icon(isThread(channel) ? "thread" : "hash"),
      this.title,
      this.topic,
      close &&
        h(
          "button",
          {
            type: "button",
            class: "icon-button close",
            "aria-label": "Close the thread",
            onclick: close,
          },
          icon("close"),
        ),
    ];
  }

  #renderStatus() {
    const { store } = this.view;
    const sending = this.interactions
      .commandsUnderWay(this.channelId)
      .map((name) => `Sending ${name}…`);
    const typing = store.typingIn(this.channelId).map((name) => `${name} is typing…`);
    const text = [...sending, ...typing].join(" ");
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  #intro() {
    const { channel } = this;
    if (channel && isThread(channel)) {
      const parent = this.view.store.channel(channel.parent_id ?? "");
      return h(
        "div",
        { class: "intro" },
        h("span", { class: "intro-icon" }, icon("thread")),
        h("p", { class: "intro-title" }, channel.name),
        h("p", null, `A thread in #${parent?.name ?? "?"}`),
      );
    }
    const start = {
      type: "button",
      class: "mention",
      "data-action": "use",
      "data-command": "animate",
    };
    const hasAnimate = this.view.store.myCommands().some(({ name }) => name === "animate");
    return h(
      "div",
      { class: "intro" },
      h("img", {
        src: new URL("mark.svg", import.meta.url).pathname,
        alt: "",
        width: 72,
        height: 72,
      }),
      h("p", { class: "intro-title" }, `Welcome to #${channel?.name ?? ""}`),
      hasAnimate
        ? h(
            "p",
            null,
            "Drop a picture here, or start with ",
            h("button", start, "/animate"),
            ". The clip appears in a thread of its own.",
          )
        : h("p", null, "Type / below to see what the bot can do."),
    );
  }
}
