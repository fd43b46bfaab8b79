/** The messages of one channel, scrolled as a reader expects. */

import { h, icon } from "./dom.js";
import { renderMessage } from "./messages.js";
import { morphChildren } from "./morph.js";

/** @typedef {import("./messages.js").View} View */

/** How near the end counts as being there. */
const NEAR_PIXELS = 60;

export class MessageList {
  #isAtEnd = true;
  #newest = "";

  /**
   * @param {View} view
   * @param {string} channelId
   * @param {string} label
   * @param {() => Node} intro  what stands above the first message
   */
  constructor(view, channelId, label, intro) {
    this.view = view;
    this.channelId = channelId;
    this.intro = intro;
    this.items = h("ol", { class: "message-items" });
    this.start = h("div", { class: "intro-place" });
    this.scroller = h(
      "div",
      { class: "messages", tabindex: "0", role: "region", "aria-label": label },
      this.start,
      this.items,
    );
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, onclick: () => this.#toEnd() },
      icon("down"),
      "New messages",
    );
    this.element = h("div", { class: "message-list" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    // Pictures that load, texts that grow and a composer that opens all move the end.
    this.observer = new ResizeObserver(() => this.#isAtEnd && this.#toEnd());
    this.observer.observe(this.items);
    this.observer.observe(this.scroller);
  }

  render() {
    const messages = this.view.store.messagesIn(this.channelId);
    const fresh = h(
      "ol",
      null,
      messages.map((message, at) => renderMessage(message, messages[at - 1], this.view)),
    );
    morphChildren(this.items, fresh);
    morphChildren(this.start, h("div", null, this.intro()));
    const newest = messages.at(-1)?.id ?? "";
    if (newest !== this.#newest && !this.#isAtEnd) this.jump.hidden = false;
    this.#newest = newest;
    if (this.#isAtEnd) this.#toEnd();
  }

  close() {
    this.observer.disconnect();
  }

  #toEnd() {
    this.#isAtEnd = true;
    this.jump.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    // A pane that a phone does not show has no height, and nobody scrolled it.
    if (clientHeight === 0) return;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
    if (this.#isAtEnd) this.jump.hidden = true;
  }
}
