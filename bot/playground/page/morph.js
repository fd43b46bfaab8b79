/**
 * Makes a shown tree equal to a fresh one while keeping every element that is still wanted.
 *
 * A message is rendered anew at each change; morphing is what lets a clip play on, a menu stay open
 * and the focus stay where it is. Siblings are matched by `data-key` where they have one.
 */

/** What the reader set, not the message: a re-rendering leaves it alone. */
const OWNED_BY_READER = new Set(["open", "data-revealed"]);

/**
 * @param {Node} shown
 * @param {Node} fresh
 * @returns {Node} the node that now stands in the page
 */
export function morph(shown, fresh) {
  if (!isSameKind(shown, fresh)) {
    shown.parentNode?.replaceChild(fresh, shown);
    return fresh;
  }
  if (shown instanceof Element && fresh instanceof Element) {
    morphAttributes(shown, fresh);
    morphChildren(shown, fresh);
  } else if (shown.nodeValue !== fresh.nodeValue) {
    shown.nodeValue = fresh.nodeValue;
  }
  return shown;
}

/**
 * @param {Element} parent
 * @param {Node} fresh  its children are taken
 */
export function morphChildren(parent, fresh) {
  const wanted = [...fresh.childNodes];
  const keys = new Set(wanted.map(keyOf).filter(Boolean));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    const key = keyOf(child);
    if (key && keys.has(key)) keyed.set(key, child);
    else if (key) child.remove();
  }
  let cursor = parent.firstChild;
  for (const child of wanted) {
    const match = keyed.get(keyOf(child)) ?? unkeyedMatch(cursor, child);
    if (!match) {
      parent.insertBefore(child, cursor);
      continue;
    }
    // Moving an element stops its video, so what stands before the match goes instead.
    while (cursor && cursor !== match && !keyOf(cursor)) cursor = removeAndStep(cursor);
    if (cursor !== match) parent.insertBefore(match, cursor);
    cursor = morph(match, child).nextSibling;
  }
  while (cursor) cursor = removeAndStep(cursor);
}

/**
 * @param {Node | null} cursor
 * @param {Node} child
 */
function unkeyedMatch(cursor, child) {
  if (!cursor || keyOf(child) || keyOf(cursor)) return undefined;
  return isSameKind(cursor, child) ? cursor : undefined;
}

/** @param {Node} node */
function removeAndStep(node) {
  const next = node.nextSibling;
  node.parentNode?.removeChild(node);
  return next;
}

/**
 * @param {Element} shown
 * @param {Element} fresh
 */
function morphAttributes(shown, fresh) {
  // A fetched message carries newly signed links to the same file: the first link stays.
  const isMedia = shown instanceof HTMLMediaElement || shown instanceof HTMLImageElement;
  for (const { name } of [...shown.attributes]) {
    if (!fresh.hasAttribute(name) && !OWNED_BY_READER.has(name)) shown.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (name === "style" || OWNED_BY_READER.has(name) || (name === "src" && isMedia)) continue;
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  if (shown instanceof HTMLElement && fresh instanceof HTMLElement) {
    // The content security policy allows this way of setting a style and no other.
    if (shown.style.cssText !== fresh.style.cssText) shown.style.cssText = fresh.style.cssText;
  }
}

/**
 * @param {Node} one
 * @param {Node} other
 */
function isSameKind(one, other) {
  return one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof HTMLElement ? node.dataset.key : undefined;
}
