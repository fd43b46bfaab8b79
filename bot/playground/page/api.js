/** The page's side of the playground's HTTP and WebSocket interface. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Frame} Frame */

const BASE = new URL("api/", import.meta.url);

/** The server said no, in a sentence for people. */
export class Rejected extends Error {}

/**
 * Everything one member may see. Without an id the server chooses the first member.
 *
 * @param {string | null} as
 * @returns {Promise<State>}
 */
export async function fetchState(as) {
  const response = await fetch(address("state", as), { cache: "no-store" });
  if (!response.ok) throw new Rejected(await sentence(response));
  return response.json();
}

/**
 * Send a command, a press, a submitted form or a request for suggestions.
 *
 * @param {string} as
 * @param {Record<string, unknown>} payload
 * @param {Map<string, File>} [files]  by the name of the option
 */
export async function postInteraction(as, payload, files = new Map()) {
  const body = new FormData();
  body.append("payload", JSON.stringify(payload));
  for (const [name, file] of files) body.append(name, file, file.name);
  const response = await fetch(address("interactions", as), { method: "POST", body });
  if (!response.ok) throw new Rejected(await sentence(response));
}

/**
 * Listen to one member's events until the connection is lost or the returned function is called.
 *
 * @param {string} as
 * @param {{frame: (frame: Frame) => void, open: () => void, lost: () => void}} listener
 * @returns {() => void}
 */
export function openEvents(as, listener) {
  const url = address("events", as);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.onopen = listener.open;
  socket.onmessage = (event) => listener.frame(JSON.parse(event.data));
  socket.onclose = listener.lost;
  return () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
}

/**
 * A file of the playground as a path, so that it loads whichever loopback name the reader typed.
 *
 * @param {string} url
 */
export function ownAddress(url) {
  const parsed = new URL(url, location.href);
  const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  return isLoopback ? parsed.pathname + parsed.search : parsed.href;
}

/**
 * @param {string} path
 * @param {string | null} as
 */
function address(path, as) {
  const url = new URL(path, BASE);
  if (as) url.searchParams.set("as", as);
  return url;
}

/** @param {Response} response */
async function sentence(response) {
  try {
    return (await response.json()).message || `The playground answered ${response.status}.`;
  } catch {
    return `The playground answered ${response.status}.`;
  }
}
