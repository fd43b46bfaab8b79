/** What is wrong with what is shown: nameless controls, faint text, things that stick out. */
() => {
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const nameOf = (element) =>
    element.getAttribute("aria-label") ||
    (element.getAttribute("aria-labelledby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" ")
      .trim() ||
    [...(element.labels ?? [])].map((label) => label.textContent).join(" ").trim() ||
    element.textContent.trim() ||
    element.getAttribute("alt") ||
    element.title;
  const shortly = (element) => element.outerHTML.slice(0, 120);
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown);

  const nameless = all("button, a[href], input, textarea, select, summary, video, [role=button]")
    .filter((element) => !nameOf(element))
    .map((element) => `has no name: ${shortly(element)}`);
  const noAlternative = all("img:not([alt])").map((element) => `has no alt: ${shortly(element)}`);
  const ids = all("[id]").map((element) => element.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id twice: ${id}`);
  const width = document.documentElement.clientWidth;
  const wide = all("body *")
    .filter((element) => !element.closest("pre, .visually-hidden, svg"))
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `sticks out: ${shortly(element)}`);
  const scrolls = document.documentElement.scrollWidth > width ? ["the page scrolls sideways"] : [];

  const channels = (colour) => colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  const over = ([r, g, b, a = 1], [br, bg, bb]) =>
    [r * a + br * (1 - a), g * a + bg * (1 - a), b * a + bb * (1 - a)];
  const background = (element) => {
    if (!element) return [0, 0, 0];
    const style = getComputedStyle(element);
    const own = channels(style.backgroundColor);
    return own[3] === 0 ? background(element.parentElement) : over(own, background(element.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element, colour) => {
    const behind = background(element);
    const [high, low] = [light(over(channels(colour), behind)), light(behind)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const hasOwnText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const texts = all("body *").filter(
    (element) => hasOwnText(element) && !element.closest(":disabled, [aria-hidden=true], option"),
  );
  const faint = texts
    .map((element) => [element, contrast(element, getComputedStyle(element).color)])
    .filter(([, ratio]) => ratio < 4.5)
    .map(([element, ratio]) => `contrast ${ratio.toFixed(1)}: ${shortly(element)}`);
  const faintHints = all(":placeholder-shown")
    .filter((element) => contrast(element, getComputedStyle(element, "::placeholder").color) < 4.5)
    .map((element) => `faint placeholder: ${shortly(element)}`);
  return [...nameless, ...noAlternative, ...twice, ...wide, ...scrolls, ...faint, ...faintHints];
};
