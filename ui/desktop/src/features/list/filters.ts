import { fieldOf } from "@daybook/shared/entity/fields";
import { cellText, type Style } from "@daybook/shared/format/cell";
import type {
  Cell,
  EntityView,
  FieldView,
  Filter,
  RecordView,
} from "@daybook/shared/generated/contract";

/** A filter with what its value is called, for values that are ids. */
export type ShownFilter = Filter & { shown: string };

/** Adds a filter; one field with one value stands once. */
export function withFilter(filters: ShownFilter[], filter: ShownFilter): ShownFilter[] {
  const others = filters.filter(
    (known) =>
      known.field !== filter.field ||
      known.value !== filter.value ||
      known.contains !== filter.contains,
  );
  return [...others, filter];
}

/** Whether records can be filtered by the field's value. */
export function isFilterable(field: FieldView): boolean {
  return !["map", "attachments", "tags", "instant"].includes(field.kind.type);
}

/** Whether a part of the text is enough. */
export function isText(field: FieldView): boolean {
  return ["text", "long_text", "code", "standard"].includes(field.kind.type);
}

/** The filter that keeps records with the value of this cell; `null` where there is none. */
export function filterOfCell(
  entity: EntityView,
  name: string,
  record: RecordView,
): ShownFilter | null {
  const field = fieldOf(entity, name);
  const cell = record.fields[name] ?? null;
  if (!field || !isFilterable(field) || cell === null) return null;
  const value = valueText(cell);
  const shown = field.kind.type === "reference" ? (record.titles?.[value] ?? "") : "";
  return { field: name, value, contains: false, shown };
}

export function valueText(cell: Cell): string {
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** What a filter's value is called. */
export function filterValueText(filter: ShownFilter, field: FieldView, style: Style): string {
  if (filter.shown) return filter.shown;
  if (field.kind.type === "bool") return filter.value === "true" ? style.yes : style.no;
  return cellText(filter.value, field.kind, style);
}
