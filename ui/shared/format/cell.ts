import type { Cell, KindView, LabelView } from "../generated/contract";
import { formatDate, formatInstant } from "./date";
import { formatDecimal, isNegative } from "./decimal";
import type { Language } from "./locale";
import { countryName, languageName } from "./standards";

/** All that writing a value for people depends on. */
export interface Style {
  language: Language;
  locale: string;
  yes: string;
  no: string;
  /** "3 files" */
  files: (count: number) => string;
}

/** A label in the person's language; English where a language has none. */
export function labelIn(label: LabelView, language: Language): string {
  return label[language] || label.en;
}

/** A value as people read it; empty for none. `titles` name the records it refers to. */
export function cellText(
  cell: Cell | undefined,
  kind: KindView,
  style: Style,
  titles: Record<string, string> = {},
): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? style.yes : style.no;
  if (Array.isArray(cell)) {
    return kind.type === "attachments" ? style.files(cell.length) : cell.join(", ");
  }
  if (typeof cell === "object") {
    return Object.entries(cell)
      .map(([key, text]) => `${key}: ${text}`)
      .join(", ");
  }
  const text = String(cell);
  switch (kind.type) {
    case "decimal":
      return formatDecimal(text, style.locale);
    case "int":
      return formatDecimal(text, style.locale, 0);
    case "date":
      return formatDate(text, style.locale);
    case "instant":
      return formatInstant(text, style.locale);
    case "reference":
      return titles[text] ?? "";
    case "choice": {
      const choice = kind.choices.find((known) => known.value === text);
      return choice ? labelIn(choice.label, style.language) : text;
    }
    case "standard":
      return standardText(kind.name, text, style);
    default:
      return text;
  }
}

function standardText(name: string, text: string, style: Style): string {
  if (name === "country") return countryName(text, style.locale);
  if (name === "language") return languageName(text, style.locale);
  // ISO 13616 prints an IBAN in groups of four; of which only the end is shown is no whole one.
  if (name === "iban" && !text.startsWith("•")) return text.replace(/(.{4})(?=.)/g, "$1\u00a0");
  return text;
}

/** Whether a value stands right-aligned, in tabular figures. */
export function isFigure(kind: KindView): boolean {
  return kind.type === "decimal" || kind.type === "int";
}

/** Whether a value reads from left to right in every script: figures, codes, numbers to call. */
export function isLeftToRight(kind: KindView): boolean {
  return isFigure(kind) || ["code", "standard", "date", "instant"].includes(kind.type);
}

/** Whether a figure is below zero, so that it can be marked. */
export function isBelowZero(cell: Cell | undefined, kind: KindView): boolean {
  return isFigure(kind) && cell !== null && cell !== undefined && isNegative(String(cell));
}

/** Whether two values are one. */
export function sameCell(one: Cell | undefined, other: Cell | undefined): boolean {
  return canonical(one) === canonical(other);
}

function canonical(cell: Cell | undefined): string {
  if (cell === undefined || cell === null || cell === "") return "null";
  if (Array.isArray(cell)) return cell.length === 0 ? "null" : JSON.stringify(cell);
  if (typeof cell === "object") {
    const entries = Object.entries(cell).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? "null" : JSON.stringify(entries);
  }
  return JSON.stringify(cell);
}
