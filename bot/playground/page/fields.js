/** One field of the command form: an option's label, its control, and what is wrong with it. */

import { makeControl } from "./controls.js";
import { h, icon, uniqueId } from "./dom.js";

/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./controls.js").Surroundings} Surroundings */

/** An option's label, control and problem. */
export class Field {
  /**
   * @param {Option} option
   * @param {Surroundings} surroundings
   * @param {() => void} [remove]  given for options that may be left out
   */
  constructor(option, surroundings, remove) {
    this.option = option;
    const id = uniqueId(`option-${option.name}`);
    this.control = makeControl(option, id, surroundings);
    this.problem = h("p", { class: "problem", id: `${id}-problem`, role: "alert" });
    const isGroup = this.control.element.getAttribute("role") === "radiogroup";
    const label = h(
      isGroup ? "span" : "label",
      { class: "field-label", id: `${id}-label`, for: isGroup ? null : id },
      option.name,
    );
    const hint = h("p", { class: "visually-hidden", id: `${id}-hint` }, option.description);
    const close =
      remove &&
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": `Leave out ${option.name}`,
          onclick: remove,
        },
        icon("close"),
      );
    const box = h("div", { class: "field-box" }, label, this.control.element, close);
    this.element = h(
      "div",
      { class: "field", "data-option": option.name },
      box,
      hint,
      this.problem,
    );
    this.element.addEventListener("input", () => this.setProblem(""));
  }

  /** Read the field, and show what is wrong with it. */
  read() {
    const reading =
      this.control.read() ?? (this.option.required ? { problem: "This one is needed." } : null);
    this.setProblem(reading && "problem" in reading ? reading.problem : "");
    return reading;
  }

  /** @param {string} sentence */
  setProblem(sentence) {
    this.problem.textContent = sentence;
    this.element.classList.toggle("wrong", sentence !== "");
    const focusable = this.element.querySelector("input, textarea");
    if (sentence) focusable?.setAttribute("aria-invalid", "true");
    else focusable?.removeAttribute("aria-invalid");
  }
}
