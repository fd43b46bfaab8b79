/** A field for files: choose, drop or paste, with a small picture of what was chosen. */

import { h, icon } from "./dom.js";
import { readableSize } from "./media.js";

const PREVIEW_PIXELS = 112;

/**
 * What a field inside has taken is not for the pane around it.
 *
 * @type {WeakSet<Event>}
 */
const taken = new WeakSet();

export class FileField {
  /** @type {File[]} none or one */
  files = [];

  /**
   * @param {{id: string, label: string, accept?: string, describedBy?: string, onchange?: () => void}} options
   */
  constructor({ id, label, accept, describedBy, onchange }) {
    this.onchange = onchange;
    this.input = h("input", {
      type: "file",
      id,
      accept,
      class: "visually-hidden",
      "aria-describedby": describedBy,
      onchange: () => this.#choose(),
    });
    this.shown = h("div", { class: "file-previews" });
    const invitation = h(
      "span",
      { class: "drop-words" },
      h("b", null, label),
      h("span", null, "drop, paste or browse"),
    );
    this.invitation = h("label", { class: "drop-label", for: id }, icon("upload"), invitation);
    this.element = h("div", { class: "drop" }, this.input, this.shown, this.invitation);
    acceptFiles(this.element, (files) => this.add(files));
  }

  /** @param {File[]} files */
  add(files) {
    this.files = files.slice(0, 1);
    this.#render();
    this.onchange?.();
  }

  focus() {
    this.input.focus();
  }

  #choose() {
    this.add([...this.input.files]);
    // Choosing the same file again after removing it must count as a change.
    this.input.value = "";
  }

  /** @param {File} file */
  #remove(file) {
    this.files = this.files.filter((other) => other !== file);
    this.#render();
    this.input.focus();
    this.onchange?.();
  }

  #render() {
    this.element.classList.toggle("filled", this.files.length > 0);
    this.shown.replaceChildren(...this.files.map((file) => this.#preview(file)));
  }

  /** @param {File} file */
  #preview(file) {
    const remove = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": `Remove ${file.name}`,
        onclick: () => this.#remove(file),
      },
      icon("close"),
    );
    const picture = h("span", { class: "file-picture" }, icon("file"));
    drawPreview(file).then((canvas) => canvas && picture.replaceChildren(canvas));
    const words = h(
      "span",
      { class: "file-words" },
      h("span", { class: "file-name" }, file.name),
      h("small", null, readableSize(file.size)),
    );
    return h("div", { class: "file-preview" }, picture, words, remove);
  }
}

/**
 * Let files be dropped on an element or pasted into it.
 *
 * @param {HTMLElement} element
 * @param {(files: File[]) => void} take
 */
export function acceptFiles(element, take) {
  const takeFrom = (/** @type {Event} */ event, /** @type {DataTransfer | null} */ transfer) => {
    element.classList.remove("dropping");
    const files = [...(transfer?.files ?? [])];
    if (!files.length || taken.has(event)) return;
    taken.add(event);
    event.preventDefault();
    take(files);
  };
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    element.classList.add("dropping");
  });
  element.addEventListener("dragleave", (event) => {
    const isOutside = !element.contains(/** @type {Node | null} */ (event.relatedTarget));
    if (isOutside) element.classList.remove("dropping");
  });
  element.addEventListener("drop", (event) => takeFrom(event, event.dataTransfer));
  element.addEventListener("paste", (event) => takeFrom(event, event.clipboardData));
}

/**
 * Draw a picture small; the security policy allows a canvas and no `blob:` address.
 *
 * @param {File} file
 * @returns {Promise<HTMLCanvasElement | null>} null where the browser cannot read it
 */
async function drawPreview(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, PREVIEW_PIXELS / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = h("canvas", {
      width,
      height,
      role: "img",
      "aria-label": `Preview of ${file.name}`,
    });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return canvas;
  } catch {
    return null;
  }
}
