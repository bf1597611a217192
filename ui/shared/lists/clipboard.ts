import { fieldOf } from "../entity/fields";
import { cellText, isFigure, labelIn, type Style } from "../format/cell";
import { editDecimal } from "../format/decimal";
import type { EntityView, FieldView, RecordView } from "../generated/contract";

/**
 * Records as a spreadsheet takes them from the clipboard: a line of headings, then a line each, cells
 * apart by tabs. Figures have the locale's decimal sign and no grouping, so that they are figures there.
 */
export function tableText(
  entity: EntityView,
  columns: string[],
  records: RecordView[],
  style: Style,
): string {
  const fields = columns.flatMap((name) => fieldOf(entity, name) ?? []);
  const head = fields.map((field) => labelIn(field.label, style.language));
  const lines = records.map((record) => fields.map((field) => cellOf(field, record, style)));
  return [head, ...lines].map((cells) => cells.map(quoted).join("\t")).join("\n");
}

function cellOf(field: FieldView, record: RecordView, style: Style): string {
  const cell = record.fields[field.name];
  if (cell === null || cell === undefined) return "";
  if (isFigure(field.kind)) return editDecimal(String(cell), style.locale);
  return harmless(cellText(cell, field.kind, style, record.titles));
}

/** A text that a spreadsheet would compute stays a text there; "+49 30 …" is none. */
function harmless(text: string): string {
  return /^[=@\t]|^[+-](?![\d\s(])/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
