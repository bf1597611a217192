import { formatDate, formatInstant, readDate, readInstant } from "../format/date";
import { editDecimal, formatDecimal, readDecimal } from "../format/decimal";
import type { KindView } from "../generated/contract";
import type { Typing } from "./TypedInput";

/** How a kind is typed in a locale; `null` where its text is its value. */
export function typingOf(kind: KindView, locale: string): Typing | null {
  switch (kind.type) {
    case "decimal":
      return {
        show: (text) => formatDecimal(text, locale),
        edit: (text) => editDecimal(text, locale),
        read: (typed) => readDecimal(typed, locale),
        figure: true,
      };
    case "int":
      return {
        show: (text) => formatDecimal(text, locale, 0),
        edit: (text) => text,
        read: (typed) => {
          const text = readDecimal(typed, locale);
          const whole = text !== null && /^-?\d{1,15}$/.test(text);
          return whole ? Number(text) : null;
        },
        figure: true,
      };
    case "date":
      return {
        show: (text) => formatDate(text, locale),
        edit: (text) => formatDate(text, locale),
        read: (typed) => readDate(typed, locale, new Date()),
        figure: false,
      };
    case "instant":
      return {
        show: (text) => formatInstant(text, locale),
        edit: (text) => formatInstant(text, locale),
        read: (typed) => readInstant(typed, locale, new Date()),
        figure: false,
      };
    default:
      return null;
  }
}

/** An example of what can be typed, for a refusal. */
export function exampleOf(kind: KindView, locale: string): string {
  switch (kind.type) {
    case "decimal":
      return formatDecimal("1234.5", locale);
    case "int":
      return "12";
    case "date":
      return formatDate("2026-04-03", locale);
    default:
      return formatInstant("2026-04-03T12:30:00Z", locale);
  }
}
