/** Which channel and which thread stand open, and on a phone which of them is shown. */

import { h } from "./dom.js";
import { Pane } from "./pane.js";
import { readPlace, writePlace } from "./route.js";
import { isThread } from "./state.js";

/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {import("./route.js").Place} Place */

const PHONE = matchMedia("(max-width: 820px)");

/** Dispatches "change" when the reader went somewhere. */
export class Panes extends EventTarget {
  place = readPlace();
  channelPlace = h("main", { class: "channel-place" });
  threadPlace = h("aside", { class: "thread-place", "aria-label": "Thread" });
  /** @type {Pane | null} */
  #channelPane = null;
  /** @type {Pane | null} */
  #threadPane = null;
  /** @type {HTMLElement | null} what opened the thread, and gets the focus back */
  #opener = null;

  /**
   * @param {Store} store
   * @param {import("./interactions.js").Interactions} interactions
   */
  constructor(store, interactions) {
    super();
    this.store = store;
    this.interactions = interactions;
    this.view = {
      store,
      isBusy: (/** @type {string} */ messageId, /** @type {string} */ customId) =>
        interactions.isBusy(messageId, customId),
      openThread: () => this.place.thread,
    };
    window.addEventListener("popstate", () =>
      this.#go({ ...readPlace(), as: this.store.me }, { isStep: false }),
    );
  }

  /** @param {string} id */
  isOpen(id) {
    return id === this.place.channel || id === this.place.thread;
  }

  /** After a state has been loaded: stand somewhere that exists, with the composer of this member. */
  settle() {
    if (this.place.as !== this.store.me) {
      this.#channelPane = this.#threadPane = this.#drop(this.#channelPane, this.#threadPane);
    }
    const { channel, thread } = this.place;
    const isThere = channel && this.store.channel(channel);
    const first = this.store.topChannels()[0]?.id ?? null;
    const keptThread = thread && this.store.channel(thread) ? thread : null;
    const pane = this.place.pane === "thread" && !keptThread ? "channel" : this.place.pane;
    this.#go(
      { as: this.store.me, channel: isThere ? channel : first, thread: keptThread, pane },
      { isStep: false },
    );
  }

  /**
   * Open a channel, or a thread beside its channel.
   *
   * @param {string} id
   */
  open(id) {
    const channel = this.store.channel(id);
    if (!channel) return;
    this.#opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    if (isThread(channel))
      this.#go({
        ...this.place,
        channel: channel.parent_id ?? this.place.channel,
        thread: id,
        pane: "thread",
      });
    else this.#go({ ...this.place, channel: id, thread: this.#threadOf(id), pane: "channel" });
    (isThread(channel) ? this.#threadPane : this.#channelPane)?.focus();
  }

  /**
   * Open a command in the composer next to the element that names it.
   *
   * @param {string} name
   * @param {HTMLElement} element
   */
  use(name, element) {
    const pane = this.threadPlace.contains(element) ? this.#threadPane : this.#channelPane;
    pane?.composer.openNamed(name);
  }

  /**
   * A thread that grew out of the reader's own command opens by itself where there is room for it.
   *
   * @param {Channel} thread
   */
  offerThread(thread) {
    const starter = this.store
      .messagesIn(thread.parent_id ?? "")
      .find(({ id }) => id === thread.id);
    const user = starter?.interaction_metadata?.user ?? starter?.interaction?.user;
    if (PHONE.matches || user?.id !== this.store.me || thread.parent_id !== this.place.channel)
      return;
    this.#go({ ...this.place, thread: thread.id }, { isStep: false });
  }

  render() {
    for (const pane of [this.#channelPane, this.#threadPane]) {
      if (!pane) continue;
      pane.render();
      this.store.markRead(pane.channelId);
    }
  }

  /**
   * What a message says, where it is shown; "" elsewhere.
   *
   * @param {Message} message
   */
  textOf(message) {
    const shown = document.querySelector(
      `.pane [data-key="${CSS.escape(message.id)}"] .message-body`,
    );
    return shown instanceof HTMLElement ? shown.innerText : "";
  }

  /** @param {string} channelId */
  #threadOf(channelId) {
    const { thread } = this.place;
    return thread && this.store.channel(thread)?.parent_id === channelId ? thread : null;
  }

  #back() {
    const pane = this.place.pane === "thread" ? "channel" : "list";
    this.#go({ ...this.place, pane });
    if (pane === "channel") this.#channelPane?.focus();
  }

  #closeThread() {
    this.#go({ ...this.place, thread: null, pane: "channel" });
    if (this.#opener?.isConnected) this.#opener.focus();
    else this.#channelPane?.focus();
  }

  /**
   * @param {Place} place
   * @param {{isStep: boolean}} [how]
   */
  #go(place, how = { isStep: true }) {
    this.place = place;
    writePlace(place, how);
    document.body.dataset.pane = place.pane;
    document.body.toggleAttribute("data-thread", place.thread !== null);
    this.#channelPane = this.#stand(this.#channelPane, place.channel, this.channelPlace, false);
    this.#threadPane = this.#stand(this.#threadPane, place.thread, this.threadPlace, true);
    const open = this.store.channel(place.channel ?? "");
    document.title = open ? `#${open.name} · Zoetrope playground` : "Zoetrope playground";
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Keep the pane that already shows the channel, or put a new one in its place.
   *
   * @param {Pane | null} pane
   * @param {string | null} id
   * @param {HTMLElement} place
   * @param {boolean} canClose
   */
  #stand(pane, id, place, canClose) {
    const channel = id === null ? undefined : this.store.channel(id);
    if (pane && pane.channelId === channel?.id) return pane;
    this.#drop(pane);
    if (!channel) return null;
    const handlers = {
      back: () => this.#back(),
      close: canClose ? () => this.#closeThread() : undefined,
    };
    const fresh = new Pane(channel, this.view, this.interactions, handlers);
    place.replaceChildren(fresh.element);
    fresh.render();
    return fresh;
  }

  /**
   * @param {...(Pane | null)} panes
   * @returns {null}
   */
  #drop(...panes) {
    for (const pane of panes) {
      pane?.close();
      pane?.element.remove();
    }
    return null;
  }
}
