/** Where the reader is: who they act as, the channel, the thread, and the pane on a phone. */

/**
 * @typedef {object} Place
 * @property {string | null} as
 * @property {string | null} channel
 * @property {string | null} thread
 * @property {"list" | "channel" | "thread"} pane  the one a phone shows
 */

/** @returns {Place} */
export function readPlace() {
  const params = new URLSearchParams(location.search);
  const thread = params.get("thread");
  const pane = history.state?.pane ?? (thread ? "thread" : "channel");
  return { as: params.get("as"), channel: params.get("channel"), thread, pane };
}

/**
 * Write the place into the address; a step forward can be undone with the browser's back button.
 *
 * @param {Place} place
 * @param {{isStep: boolean}} how
 */
export function writePlace({ as, channel, thread, pane }, { isStep }) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries({ as, channel, thread })) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  const write = isStep ? history.pushState : history.replaceState;
  write.call(history, { pane }, "", url);
}
