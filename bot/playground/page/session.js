/** One member's connection: events first, then the state they build on. */

import { fetchState, openEvents, Rejected } from "./api.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./state.js").Store} Store */

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 5000;

export class Session {
  #disconnect = () => {};
  #timer = 0;
  #retryMs = FIRST_RETRY_MS;
  /** Counts the connections, so that an answer to an earlier one is known to be late. */
  #turn = 0;

  /**
   * @param {Store} store
   * @param {object} listener
   * @param {(frame: Frame) => void} listener.onFrame  called with each frame after the store had it
   * @param {() => void} listener.onLoaded  called when the whole state is new
   */
  constructor(store, { onFrame, onLoaded }) {
    this.store = store;
    this.onFrame = onFrame;
    this.onLoaded = onLoaded;
  }

  /**
   * See the server through one member's eyes, and connect again whenever the connection is lost.
   *
   * @param {string | null} as
   */
  async actAs(as) {
    clearTimeout(this.#timer);
    this.#disconnect();
    const turn = (this.#turn += 1);
    try {
      const { me } = await fetchState(as);
      if (turn === this.#turn) this.#follow(me, turn);
    } catch (error) {
      // A member of an earlier run may not exist any more; then the server chooses.
      if (turn === this.#turn) this.#retry(error instanceof Rejected ? null : as);
    }
  }

  /**
   * @param {string} as
   * @param {number} turn
   */
  #follow(as, turn) {
    /** @type {Frame[] | null} frames that arrive while the state is on its way */
    let waiting = [];
    const take = (/** @type {Frame} */ frame) => {
      this.store.apply(frame);
      this.onFrame(frame);
    };
    const load = async () => {
      const state = await fetchState(as);
      if (turn !== this.#turn) return;
      this.store.replace(state);
      this.onLoaded();
      waiting?.forEach(take);
      waiting = null;
      this.#retryMs = FIRST_RETRY_MS;
      this.store.setConnected(true);
    };
    const retry = () => {
      if (turn === this.#turn) this.#retry(as);
    };
    this.#disconnect = openEvents(as, {
      frame: (frame) => (waiting ? waiting.push(frame) : take(frame)),
      open: () => load().catch(retry),
      lost: retry,
    });
  }

  /** @param {string | null} as */
  #retry(as) {
    this.store.setConnected(false);
    this.#timer = window.setTimeout(() => this.actAs(as), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 1.7, LONGEST_RETRY_MS);
  }
}
