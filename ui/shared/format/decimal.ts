/**
 * Decimals as text, exactly: never through a JavaScript number. The canonical form is what the
 * engine sends and takes: `-1234.5`, digits and one point.
 */
const CANONICAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** A true minus, as wide as a plus and never broken from its figure. */
const MINUS = "\u2212";

interface Signs {
  decimal: string;
  group: string;
}

function signsOf(locale: string): Signs {
  const parts = new Intl.NumberFormat(locale, {
    numberingSystem: "latn",
  }).formatToParts(1234567.8);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value;
  return { decimal: sign("decimal") ?? ".", group: sign("group") ?? "" };
}

/**
 * A canonical decimal in the locale's form, with at least `places` digits after the point and every
 * digit it has beyond them. Zero never has a sign. Text of another form is shown as it stands.
 */
export function formatDecimal(text: string, locale: string, places = 2): string {
  const match = CANONICAL.exec(text);
  if (!match) return text;
  const [, sign, whole = "0", given = ""] = match;
  const fraction = given.replace(/0+$/, "").padEnd(places, "0");
  const grouped = new Intl.NumberFormat(locale, {
    numberingSystem: "latn",
  }).format(BigInt(whole));
  const isZero = /^0*$/.test(whole + fraction);
  const digits = fraction ? `${grouped}${signsOf(locale).decimal}${fraction}` : grouped;
  return sign && !isZero ? `${MINUS}${digits}` : digits;
}

/** A canonical decimal as a person would type it: the locale's decimal sign, no grouping. */
export function editDecimal(text: string, locale: string): string {
  if (!CANONICAL.test(text)) return text;
  return text.replace(".", signsOf(locale).decimal);
}

/**
 * Reads a typed decimal by the locale's signs into the canonical form; `null` where it is none.
 * Grouping is taken only where it groups by the locale's own rule: "1.5" is no German number, and
 * is never silently one and a half or fifteen.
 */
export function readDecimal(typed: string, locale: string): string | null {
  const { decimal, group } = signsOf(locale);
  const plain = typed
    .trim()
    .replace(/^[\u2212\u2013-]\s*/, "-")
    .replace(/^\+\s*/, "")
    // A space groups in several locales, and people type the one on their keyboard.
    .replace(/(?<=\d)[\u00a0\u202f ](?=\d)/g, /\s/.test(group) ? group : " ");
  const negative = plain.startsWith("-");
  const body = negative ? plain.slice(1) : plain;
  const [whole = "", fraction, ...more] = body.split(decimal);
  if (more.length > 0 || !/^\d*$/.test(fraction ?? "") || body === "" || body === decimal) {
    return null;
  }
  const digits = group && whole.includes(group) ? ungroup(whole, group, locale) : whole;
  if (digits === null || !/^\d*$/.test(digits)) return null;
  const kept = digits.replace(/^0+(?=\d)/, "") || "0";
  const tail = (fraction ?? "").replace(/0+$/, "");
  const isZero = /^0*$/.test(kept + tail);
  return `${negative && !isZero ? "-" : ""}${kept}${tail ? `.${tail}` : ""}`;
}

function ungroup(whole: string, group: string, locale: string): string | null {
  const digits = whole.split(group).join("");
  if (!/^\d+$/.test(digits)) return null;
  const proper = new Intl.NumberFormat(locale, {
    numberingSystem: "latn",
    useGrouping: "always",
  });
  return proper.format(BigInt(digits)) === whole ? digits : null;
}

/** Whether a canonical decimal is below zero. */
export function isNegative(text: string): boolean {
  return text.startsWith("-") && /[1-9]/.test(text);
}
