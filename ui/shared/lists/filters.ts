import { fieldOf } from "../entity/fields";
import { cellText, type Style } from "../format/cell";
import { standardOffers } from "../format/standards";
import type {
  Cell,
  EntityView,
  FieldView,
  Filter,
  KindView,
  RecordView,
  Relation,
} from "../generated/contract";

/** A filter with what its value is called, for values that are ids. */
export type ShownFilter = Filter & { shown: string };

/** How a person asks; a range is two of the engine's filters. */
export type Question = Relation | "between";

/** Adds a filter; one field with one value stands once. */
export function withFilter(filters: ShownFilter[], filter: ShownFilter): ShownFilter[] {
  return [...filters.filter((known) => !isSame(known, filter)), filter];
}

export function isSame(one: Filter, other: Filter): boolean {
  return one.field === other.field && one.value === other.value && one.relation === other.relation;
}

/** The questions that can be asked of a field, the most usual first. */
export function questionsOf({ kind }: FieldView): Question[] {
  switch (kind.type) {
    case "bool":
      return ["is"];
    case "int":
    case "decimal":
    case "date":
      return ["between", "is", "from", "to", "empty", "filled"];
    case "instant":
      return ["between", "from", "to", "empty", "filled"];
    case "choice":
    case "reference":
      return ["is", "is_not", "empty", "filled"];
    case "tags":
      return ["is", "empty", "filled"];
    case "attachments":
      return ["filled", "empty"];
    case "map":
      return ["contains", "empty", "filled"];
    default:
      return isOffered(kind)
        ? ["is", "is_not", "empty", "filled"]
        : ["contains", "starts", "is", "is_not", "empty", "filled"];
  }
}

/** Whether the question needs a value. */
export function asksValue(question: Question): boolean {
  return question !== "empty" && question !== "filled";
}

/** Whether values are chosen from a list: of a standard such as the countries. */
function isOffered(kind: KindView): boolean {
  return kind.type === "standard" && standardOffers(kind.name, "en") !== null;
}

/** The field as its values are typed in a filter: one word of a list, the text of a map. */
export function asTyped(field: FieldView): FieldView {
  const isText = field.kind.type === "tags" || field.kind.type === "map";
  return isText ? { ...field, kind: { type: "text", max: 200 } } : field;
}

/** The filter that keeps records with the value of this cell. */
export function filterOfCell(
  entity: EntityView,
  name: string,
  record: RecordView,
): ShownFilter | null {
  const field = fieldOf(entity, name);
  if (!field || !questionsOf(field).includes("is")) return null;
  const cell = record.fields[name] ?? null;
  if (cell === null && field.kind.type !== "bool") {
    return { field: name, value: "", relation: "empty", shown: "" };
  }
  if (Array.isArray(cell)) {
    const first = cell[0];
    return first === undefined ? null : { field: name, value: first, relation: "is", shown: "" };
  }
  const value = valueText(cell ?? false);
  const shown = field.kind.type === "reference" ? (record.titles?.[value] ?? "") : "";
  return { field: name, value, relation: "is", shown };
}

export function valueText(cell: Cell): string {
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** What a filter's value is called; empty where the question has none. */
export function filterValueText(filter: ShownFilter, field: FieldView, style: Style): string {
  if (!asksValue(filter.relation)) return "";
  if (filter.shown) return filter.shown;
  if (field.kind.type === "bool") return filter.value === "true" ? style.yes : style.no;
  return cellText(filter.value, field.kind, style);
}
