/** Times as members read them, in the reader's own time zone. */

const LOCALE = "en-GB";
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { day: "2-digit", month: "2-digit", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

/** @type {Record<string, Intl.DateTimeFormatOptions>} Discord's letters for `<t:…:letter>`. */
const STYLES = {
  t: { hour: "2-digit", minute: "2-digit" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  F: {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  },
};

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/**
 * "14:03" today, "Yesterday at 14:03", else the date and the time.
 *
 * @param {Date} date
 * @param {Date} [now]
 */
export function messageTime(date, now = new Date()) {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (day.format(date) === day.format(now)) return clock.format(date);
  if (day.format(date) === day.format(yesterday)) return `Yesterday at ${clock.format(date)}`;
  return `${day.format(date)} ${clock.format(date)}`;
}

/**
 * @param {number} seconds  since 1970
 * @param {string} style  one of Discord's letters
 * @param {number} [nowSeconds]
 */
export function stampText(seconds, style, nowSeconds = Date.now() / 1000) {
  if (style === "R") return relativeText(seconds - nowSeconds);
  return new Intl.DateTimeFormat(LOCALE, STYLES[style] ?? STYLES.f).format(seconds * 1000);
}

/** @param {number} delta  seconds from now */
function relativeText(delta) {
  const [unit, size] = UNITS.find(([, length]) => Math.abs(delta) >= length) ?? ["second", 1];
  return relative.format(Math.round(delta / size), unit);
}

/**
 * Keep every "in 5 seconds" below the root true.
 *
 * @param {ParentNode} root
 */
export function refreshRelativeTimes(root) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll("time[data-relative]")
  )) {
    const text = stampText(Number(element.dataset.relative), "R");
    if (element.textContent !== text) element.textContent = text;
  }
}
