/** The bot's forms, as dialogs. */

import { h, icon, uniqueId } from "./dom.js";
import { acceptFiles, FileField } from "./filefield.js";
import { Kind } from "./kinds.js";
import { markdown } from "./markdown.js";
import { checks, chosenValues, isMultiple, isSelect, menu } from "./selects.js";

/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./types.js").ModalData} ModalData */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {{custom_id: string, components: unknown[], files: Map<string, File>}} Answer */
/**
 * @typedef {object} Part  One top-level component and how to read it.
 * @property {HTMLElement} element
 * @property {() => unknown} read
 * @property {() => string} check  what is wrong, or ""
 * @property {Map<string, File>} [files]
 * @property {(files: File[]) => void} [take]  what is done with dropped and pasted files
 */

const PARAGRAPH = 2;

/**
 * Show a modal. The browser's own dialog keeps the focus inside and gives it back afterwards.
 *
 * @param {ModalData} modal
 * @param {Store} store
 * @param {(answer: Answer) => Promise<boolean>} submit  resolves to whether the modal may close
 * @returns {HTMLDialogElement}
 */
export function showModal(modal, store, submit) {
  const titleId = uniqueId("modal");
  const parts = modal.components.map((component) => makePart(component, store));
  const send = h("button", { type: "submit", class: "button style-1" }, "Submit");
  const close = () => dialog.close();
  const form = h(
    "form",
    { class: "modal-form", novalidate: true },
    h(
      "header",
      { class: "modal-head" },
      h("h2", { id: titleId }, modal.title),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", onclick: close },
        icon("close"),
      ),
    ),
    h(
      "div",
      { class: "modal-body" },
      parts.map(({ element }) => element),
    ),
    h(
      "footer",
      { class: "modal-foot" },
      h("button", { type: "button", class: "button style-2", onclick: close }, "Cancel"),
      send,
    ),
  );
  /** @type {HTMLDialogElement} */
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": titleId, "data-custom": modal.custom_id },
    form,
  );
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (send.getAttribute("aria-busy") || !areAllGood(parts)) return;
    send.setAttribute("aria-busy", "true");
    const files = new Map(parts.flatMap((part) => [...(part.files ?? [])]));
    const isTaken = await submit({
      custom_id: modal.custom_id,
      components: parts.flatMap((part) => part.read() ?? []),
      files,
    });
    send.removeAttribute("aria-busy");
    if (isTaken) dialog.close();
  });
  const take = parts.find((part) => part.take)?.take;
  if (take) acceptFiles(dialog, take);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (
    dialog.querySelector(".modal-body :is(input, textarea, select)")
  )?.focus();
  return dialog;
}

/** @param {Part[]} parts */
function areAllGood(parts) {
  const wrong = parts.filter(({ element, check }) => {
    const sentence = check();
    const problem = element.querySelector(".problem");
    if (problem) problem.textContent = sentence;
    element.classList.toggle("wrong", sentence !== "");
    return sentence !== "";
  });
  /** @type {HTMLElement | null | undefined} */ (
    wrong[0]?.element.querySelector("input, textarea, select")
  )?.focus();
  return wrong.length === 0;
}

/**
 * @param {Component} component
 * @param {Store} store
 * @returns {Part}
 */
function makePart(component, store) {
  if (component.type === Kind.TEXT_DISPLAY) {
    const element = h("div", { class: "text" }, markdown(component.content ?? "", store));
    return { element, read: () => undefined, check: () => "" };
  }
  const inner = /** @type {Component} */ (
    component.type === Kind.LABEL ? component.component : component.components?.[0]
  );
  const label = component.type === Kind.LABEL ? component.label : inner.label;
  const control = makeControl(inner, store, label);
  const isGroup = control.element.matches(".checks");
  const words = [label, inner.required === false ? h("small", null, "optional") : null];
  const element = h(
    "div",
    { class: "modal-part" },
    h(isGroup ? "p" : "label", { class: "modal-label", for: isGroup ? null : control.id }, words),
    component.description && h("p", { class: "modal-about" }, component.description),
    control.element,
    h("p", { class: "problem", role: "alert" }),
  );
  const wrapped = (/** @type {unknown} */ value) =>
    component.type === Kind.ACTION_ROW
      ? { type: Kind.ACTION_ROW, components: [value] }
      : { type: Kind.LABEL, id: component.id, component: value };
  return { ...control, element, read: () => wrapped(control.read()) };
}

/**
 * @param {Component} component
 * @param {Store} store
 * @param {string} [label]
 * @returns {Part & {id: string}}
 */
function makeControl(component, store, label) {
  const id = uniqueId("input");
  if (component.type === Kind.TEXT_INPUT) return { id, ...textInput(component, id) };
  if (component.type === Kind.FILE_UPLOAD) return { id, ...fileUpload(component, id) };
  if (!isSelect(component))
    throw new Error(`This page cannot show component ${component.type} in a modal.`);
  // Named by its label, as it is seen; the placeholder is its first entry.
  const named = { id, "aria-label": label };
  const element = (isMultiple(component) ? checks : menu)(component, store, named);
  const least = component.required === false ? 0 : (component.min_values ?? 1);
  return {
    id,
    element,
    read: () => ({
      type: component.type,
      id: component.id,
      custom_id: component.custom_id,
      values: chosenValues(element),
    }),
    check: () => (chosenValues(element).length < least ? "Make a choice." : ""),
  };
}

/**
 * @param {Component} component
 * @param {string} id
 * @returns {Part}
 */
function textInput(component, id) {
  const isLong = component.style === PARAGRAPH;
  const input = h(isLong ? "textarea" : "input", {
    id,
    class: "modal-input",
    rows: isLong ? 4 : null,
    placeholder: component.placeholder,
    maxlength: component.max_length,
    "aria-required": String(component.required !== false),
  });
  input.value = component.value ?? "";
  const check = () => {
    const length = [...input.value].length;
    if (!length) return component.required === false ? "" : "This one is needed.";
    return length < (component.min_length ?? 0)
      ? `Write at least ${component.min_length} characters.`
      : "";
  };
  const read = () => ({
    type: Kind.TEXT_INPUT,
    id: component.id,
    custom_id: component.custom_id,
    value: input.value,
  });
  return { element: input, read, check };
}

/**
 * @param {Component} component
 * @param {string} id
 * @returns {Part}
 */
function fileUpload(component, id) {
  const name = component.custom_id ?? "";
  const files = new Map();
  const onchange = () => {
    files.clear();
    // The playground takes one file a field, whatever the bot would allow.
    if (field.files.length) files.set(name, field.files[0]);
  };
  const field = new FileField({ id, label: "Add a file", onchange });
  const read = () => ({
    type: Kind.FILE_UPLOAD,
    id: component.id,
    custom_id: name,
    values: [...files.keys()],
  });
  const check = () => (files.size || component.required === false ? "" : "Choose a file.");
  const take = (/** @type {File[]} */ given) => field.add(given);
  return { element: field.element, files, read, check, take };
}
