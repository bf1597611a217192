/** Dates and times: shown in the locale's form, typed freely. "Now" is always an argument. */

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

type Part = "day" | "month" | "year";

/** A plain date (`2026-03-31`) in the locale's form; other text as it stands. */
export function formatDate(text: string, locale: string): string {
  const date = localDate(text);
  if (!date) return text;
  return new Intl.DateTimeFormat(locale, {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    numberingSystem: "latn",
  }).format(date);
}

/** An instant (RFC 3339) in the locale's form and this machine's time zone. */
export function formatInstant(text: string, locale: string): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return text;
  return new Intl.DateTimeFormat(locale, {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    numberingSystem: "latn",
  }).format(instant);
}

/** The time of day of an instant of today ("08:10"), with its day before today ("3 Apr, 08:10"). */
export function formatMoment(text: string, locale: string, now: Date): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return text;
  const time: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
  };
  const isToday = instant.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(instant);
}

/**
 * Reads a typed date: `3.4`, `3.4.26`, `3/4/2026` in the locale's order, `2026-04-03`, `today`,
 * `heute`, `+10`, `-3` (days from today). `null` where it is none.
 */
export function readDate(typed: string, locale: string, now: Date): string | null {
  const text = typed.trim().toLowerCase();
  if (["today", "heute", "t", "h"].includes(text)) return isoDate(now);
  const shift = /^([+\u2212-])(\d{1,4})$/.exec(text);
  if (shift) {
    const days = Number(shift[2]) * (shift[1] === "+" ? 1 : -1);
    return isoDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
  }
  if (ISO_DATE.test(text)) return localDate(text) ? text : null;
  const numbers = text.split(/[./\s-]+/).filter((part) => part !== "");
  if (numbers.length < 2 || numbers.length > 3 || !numbers.every((n) => /^\d{1,4}$/.test(n))) {
    return null;
  }
  const named = new Map<Part, number>();
  const order = orderOf(locale).filter((part) => part !== "year" || numbers.length === 3);
  order.forEach((part, index) => {
    named.set(part, Number(numbers[index]));
  });
  const year = named.get("year") ?? now.getFullYear();
  // A year of two digits is within fifty years of today.
  const century = Math.floor(now.getFullYear() / 100) * 100;
  const full = year >= 100 ? year : nearest(century + year, now.getFullYear());
  const iso = [
    String(full).padStart(4, "0"),
    String(named.get("month") ?? 0).padStart(2, "0"),
    String(named.get("day") ?? 0).padStart(2, "0"),
  ].join("-");
  return localDate(iso) ? iso : null;
}

/** Reads a typed moment: a date as above and a time (`3.4 14:30`), or `now`, as RFC 3339 in UTC. */
export function readInstant(typed: string, locale: string, now: Date): string | null {
  const text = typed.trim().toLowerCase();
  if (text === "now" || text === "jetzt") return seconds(now);
  const rfc = /^\d{4}-\d{2}-\d{2}t/.test(text) ? new Date(typed.trim()) : null;
  if (rfc) return Number.isNaN(rfc.getTime()) ? null : seconds(rfc);
  const match = /^(.*?)(?:,?\s+(\d{1,2}):(\d{2})(?:\s*([ap])\.?m\.?)?)?$/.exec(text);
  const date = match ? localDate(readDate(match[1] ?? "", locale, now) ?? "") : null;
  if (!match || !date) return null;
  const hour = hourOf(Number(match[2] ?? 0), match[4]);
  const minute = Number(match[3] ?? 0);
  if (hour > 23 || minute > 59) return null;
  date.setHours(hour, minute);
  return seconds(date);
}

function hourOf(hour: number, half: string | undefined): number {
  if (!half) return hour;
  if (hour < 1 || hour > 12) return 24;
  return (hour % 12) + (half === "p" ? 12 : 0);
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function nearest(year: number, to: number): number {
  if (year - to > 50) return year - 100;
  return to - year > 50 ? year + 100 : year;
}

function orderOf(locale: string): Part[] {
  const parts = new Intl.DateTimeFormat(locale, {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  }).formatToParts(new Date(2026, 3, 3));
  return parts
    .map((part) => part.type)
    .filter((type): type is Part => type === "day" || type === "month" || type === "year");
}

/** Midnight of a plain date on this machine; `null` where there is no such day. */
function localDate(iso: string): Date | null {
  const match = ISO_DATE.exec(iso);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}

function isoDate(date: Date): string {
  const pad = (value: number, width: number) => String(value).padStart(width, "0");
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}
