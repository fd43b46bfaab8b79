/** What members do to the bot, and what became of it: sent, acknowledged or failed. */

import { postInteraction, Rejected } from "./api.js";

/** @typedef {import("./state.js").Store} Store */
/** @typedef {import("./types.js").Choice} Choice */
/** @typedef {import("./commandform.js").Draft} Draft */
/**
 * @typedef {object} Pending
 * @property {string} channelId
 * @property {string} [messageId]
 * @property {string} [customId]
 * @property {string} [name]  of a command
 * @property {(isAcknowledged: boolean) => void} [onSettled]
 */

const NO_SUGGESTIONS = "No suggestions came.";
const SILENCE = "The application did not respond.";
/** A little longer than the three seconds the server itself waits. */
const PATIENCE_MS = 6000;
const SUGGESTION_PATIENCE_MS = 4000;

/** Dispatches "change" when something began or ended, and "failed" with a sentence in `detail`. */
export class Interactions extends EventTarget {
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  /** @type {Map<string, {resolve: (choices: Choice[]) => void, reject: (error: Error) => void}>} */
  #questions = new Map();

  /** @param {Store} store */
  constructor(store) {
    super();
    this.store = store;
  }

  /**
   * @param {string} messageId
   * @param {string} customId
   */
  isBusy(messageId, customId) {
    return [...this.#pending.values()].some(
      (each) => each.messageId === messageId && each.customId === customId,
    );
  }

  /**
   * The names of the commands under way in a channel.
   *
   * @param {string} channelId
   */
  commandsUnderWay(channelId) {
    const here = [...this.#pending.values()].filter((each) => each.channelId === channelId);
    return here.flatMap(({ name }) => name ?? []);
  }

  /**
   * @param {string} channelId
   * @param {Draft} draft
   * @returns {Promise<boolean>} whether the server took it
   */
  sendCommand(channelId, { command, files, name }) {
    return this.#send(
      { channelId, name: `/${name}` },
      { kind: "command", channel_id: channelId, command },
      files,
    );
  }

  /**
   * Pick an entry of the bot's in the menu of a person or a message.
   *
   * @param {string} channelId
   * @param {import("./types.js").Command} command
   * @param {string} targetId
   */
  async pickInMenu(channelId, { type, name }, targetId) {
    const payload = { kind: "menu", channel_id: channelId, type, name, target_id: targetId };
    await this.#send({ channelId, name }, payload);
  }

  /**
   * Press a button or choose in a select.
   *
   * @param {{channelId: string, messageId: string, customId: string, type: number, values?: string[]}} press
   */
  async press({ channelId, messageId, customId, type, values }) {
    if (this.isBusy(messageId, customId)) return;
    const payload = {
      kind: "component",
      channel_id: channelId,
      message_id: messageId,
      custom_id: customId,
      component_type: type,
      values,
    };
    await this.#send({ channelId, messageId, customId }, payload);
  }

  /**
   * @param {string} interactionId
   * @param {{custom_id: string, components: unknown[], files: Map<string, File>}} answer
   * @returns {Promise<boolean>} whether the bot acknowledged it
   */
  submitModal(interactionId, { custom_id, components, files }) {
    const payload = { kind: "modal", interaction_id: interactionId, custom_id, components };
    return new Promise((resolve) =>
      this.#send({ channelId: "", onSettled: resolve }, payload, files),
    );
  }

  /**
   * Ask the bot for suggestions.
   *
   * @param {string} channelId
   * @param {Draft["command"]} command
   * @returns {Promise<Choice[]>} rejects with a sentence when no answer comes
   */
  async suggest(channelId, command) {
    const nonce = newNonce();
    const answer = new Promise((resolve, reject) => {
      this.#questions.set(nonce, { resolve, reject });
      setTimeout(() => reject(new Rejected(NO_SUGGESTIONS)), SUGGESTION_PATIENCE_MS);
    });
    try {
      await postInteraction(this.store.me, {
        kind: "autocomplete",
        nonce,
        channel_id: channelId,
        command,
      });
      return await answer;
    } finally {
      answer.catch(() => {});
      this.#questions.delete(nonce);
    }
  }

  /** @param {import("./types.js").Frame} frame */
  apply({ t: kind, d: data }) {
    if (kind === "AUTOCOMPLETE") this.#questions.get(data.request)?.resolve(data.choices);
    if (kind !== "INTERACTION" || data.state === "sent") return;
    if (data.state === "failed")
      this.#questions.get(data.nonce)?.reject(new Rejected(NO_SUGGESTIONS));
    if (!this.#pending.has(data.nonce)) return;
    this.#settle(data.nonce, data.state === "failed" ? data.message || SILENCE : null);
  }

  /**
   * @param {Pending} pending
   * @param {Record<string, unknown>} payload
   * @param {Map<string, File>} [files]
   */
  async #send(pending, payload, files) {
    const nonce = newNonce();
    this.#pending.set(nonce, pending);
    this.#changed();
    try {
      await postInteraction(this.store.me, { ...payload, nonce }, files);
    } catch (error) {
      const isSentence = error instanceof Rejected;
      this.#settle(nonce, isSentence ? error.message : "The playground cannot be reached.");
      return false;
    }
    setTimeout(() => this.#pending.has(nonce) && this.#settle(nonce, SILENCE), PATIENCE_MS);
    return true;
  }

  /**
   * @param {string} nonce
   * @param {string | null} failure
   */
  #settle(nonce, failure) {
    const pending = this.#pending.get(nonce);
    this.#pending.delete(nonce);
    this.#changed();
    pending?.onSettled?.(failure === null);
    if (!failure) return;
    const detail = pending?.name ? `${pending.name}: ${failure}` : failure;
    this.dispatchEvent(new CustomEvent("failed", { detail }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function newNonce() {
  return crypto.getRandomValues(new Uint32Array(3)).join("").slice(0, 25);
}
