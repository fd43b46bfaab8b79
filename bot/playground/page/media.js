/** Pictures, clips and other files inside a message. */

import { ownAddress } from "./api.js";
import { h, icon } from "./dom.js";

/** @typedef {import("./types.js").Media} Media */
/** @typedef {import("./types.js").Attachment} Attachment */

/** @type {Map<string, {width: number, height: number}>} learnt from loaded files, by address */
const learntSizes = new Map();
const EXTENSIONS = {
  video: /\.(mp4|webm|mov|m4v)$/i,
  image: /\.(png|jpe?g|gif|webp|avif|bmp)$/i,
  audio: /\.(mp3|ogg|wav|m4a|flac)$/i,
};

/**
 * @param {Media & {filename?: string}} media
 * @returns {"video" | "image" | "audio" | "file"}
 */
function kindOf(media) {
  const named = media.content_type?.split("/")[0];
  if (named === "video" || named === "image" || named === "audio") return named;
  const path = media.filename ?? new URL(media.url, location.href).pathname;
  for (const [kind, pattern] of Object.entries(EXTENSIONS)) {
    if (pattern.test(path)) return /** @type {"video" | "image" | "audio"} */ (kind);
  }
  return "file";
}

/**
 * A frame around one picture or clip that has its final size before the file has loaded.
 *
 * @param {Media & {filename?: string}} media
 * @param {string} description  for those who cannot see it
 * @param {{isSpoiler?: boolean}} [options]
 * @returns {HTMLElement}
 */
export function figure(media, description, { isSpoiler = false } = {}) {
  const src = ownAddress(media.url);
  const path = src.split("?")[0];
  if (!src.startsWith("/")) return outsideLink(src, description);
  const size = learntSizes.get(path) ?? { width: media.width || 0, height: media.height || 0 };
  const isSized = size.width > 0 && size.height > 0;
  return h(
    "figure",
    {
      class: "media",
      key: path,
      "data-action": isSpoiler ? "reveal" : null,
      "data-hidden": isSpoiler ? "Spoiler" : null,
      style: {
        "--ratio": isSized ? size.width / size.height : null,
        "--wide": isSized ? size.width : null,
      },
    },
    kindOf(media) === "video" ? clip(src, description) : picture(src, description),
  );
}

/**
 * @param {string} src
 * @param {string} description
 */
function clip(src, description) {
  return h("video", {
    src,
    "data-fresh": src,
    controls: true,
    playsinline: true,
    preload: "metadata",
    "aria-label": description || "Clip",
  });
}

/**
 * @param {string} src
 * @param {string} description
 */
function picture(src, description) {
  const image = h("img", {
    src,
    "data-fresh": src,
    alt: description || "Picture",
    decoding: "async",
  });
  const label = `Open ${description || "picture"} in a new tab`;
  return h("a", { href: src, target: "_blank", "aria-label": label }, image);
}

/**
 * The security policy loads nothing from elsewhere, so such a file is only named.
 *
 * @param {string} url
 * @param {string} description
 */
function outsideLink(url, description) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, description || url);
}

/**
 * The attachments of a message without components.
 *
 * @param {Attachment[]} attachments
 * @returns {HTMLElement | null}
 */
export function attachmentList(attachments) {
  if (!attachments.length) return null;
  const shown = attachments.map((attachment) => {
    const kind = kindOf(attachment);
    if (kind === "file" || kind === "audio") return fileCard(attachment.filename, attachment);
    return figure(attachment, attachment.description || attachment.filename, {
      isSpoiler: attachment.filename.startsWith("SPOILER_"),
    });
  });
  return h("div", { class: "attachments", key: "attachments" }, shown);
}

/**
 * @param {string} name
 * @param {{url: string, size?: number}} file
 */
export function fileCard(name, file) {
  return h(
    "a",
    { class: "file-card", href: ownAddress(file.url), download: name, target: "_blank" },
    icon("file"),
    h("span", { class: "file-name" }, name),
    file.size === undefined ? null : h("span", { class: "file-size" }, readableSize(file.size)),
  );
}

/** @param {number} bytes */
export function readableSize(bytes) {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/**
 * Learn the sizes of loaded files, and load a file again where its signed link had expired.
 *
 * @param {HTMLElement} root
 */
export function watchMedia(root) {
  const learn = (/** @type {Event} */ event) => {
    const { target } = event;
    const frame = /** @type {HTMLElement} */ (target).closest("figure");
    const width =
      target instanceof HTMLVideoElement
        ? target.videoWidth
        : /** @type {any} */ (target).naturalWidth;
    const height =
      target instanceof HTMLVideoElement
        ? target.videoHeight
        : /** @type {any} */ (target).naturalHeight;
    if (!frame || !width || !height) return;
    learntSizes.set(frame.dataset.key ?? "", { width, height });
    frame.style.setProperty("--ratio", String(width / height));
    frame.style.setProperty("--wide", String(width));
  };
  const reload = (/** @type {Event} */ event) => {
    const element = /** @type {HTMLVideoElement | HTMLImageElement} */ (event.target);
    const { fresh } = element.dataset;
    if (fresh && element.getAttribute("src") !== fresh) element.src = fresh;
  };
  // Media events do not bubble, so they are caught on the way down.
  root.addEventListener("loadedmetadata", learn, true);
  root.addEventListener("load", learn, true);
  root.addEventListener("error", reload, true);
}
