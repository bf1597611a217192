import type { EntityView, FieldView, LabelView } from "@daybook/shared/generated/contract";

/** A place that a column can go to: the path in the engine's words, and what people call it. */
export interface Place {
  value: string;
  label: string;
}

type Label = (label: LabelView) => string;

/** Kinds that take no cell as a whole. */
const NO_CELL = new Set<FieldView["kind"]["type"]>(["map", "attachments"]);

const usable = (fields: FieldView[]) =>
  fields.filter(({ kind, writable }) => writable && !NO_CELL.has(kind.type));

/** Every field of an entity and of its rows that a person may fill, the record's own first. */
export function fieldsOf(entity: EntityView, label: Label): Place[] {
  const own = usable(entity.fields).map(({ name, label: text }) => ({
    value: name,
    label: label(text),
  }));
  const inRows = entity.children.flatMap((child) =>
    usable(child.fields).map(({ name, label: text }) => ({
      value: `${child.name}.1.${name}`,
      label: `${label(child.label)}: ${label(text)}`,
    })),
  );
  return [...own, ...inRows];
}

/** Every place of a column: nowhere, a field, or the id of the record. */
export function placesOf(
  entity: EntityView,
  label: Label,
  words: { ignore: string; externalId: string; id: string },
): Place[] {
  return [
    { value: "ignore", label: words.ignore },
    ...fieldsOf(entity, label),
    { value: "external_id", label: words.externalId },
    { value: "id", label: words.id },
  ];
}

/** The places with the one that is chosen among them, though it has no row of its own. */
export function withChosen(places: Place[], chosen: string | null, label: string): Place[] {
  if (chosen === null || places.some(({ value }) => value === chosen)) return places;
  return [...places, { value: chosen, label }];
}

/**
 * What people call the place of a path, in any of the engine's forms: `not active`, `name#2`,
 * `address.2.city`, `address[ID].city`, `--set uom`.
 */
export function placeText(entity: EntityView, label: Label, path: string): string {
  const plain = path.replace(/^--set /, "").replace(/^not /, "");
  const [name = plain, part] = plain.split("#");
  const field = entity.fields.find((known) => known.name === name);
  if (field) return part ? `${label(field.label)} (${part})` : label(field.label);
  const [, child, number, inRow] = /^([a-z_]+)(?:\.(\d+)|\[[^\]]*\])?\.(.+)$/.exec(name) ?? [];
  const rows = entity.children.find((known) => known.name === child);
  const cell = rows?.fields.find((known) => known.name === inRow);
  if (!rows || !cell) return name;
  const which = number === undefined || number === "1" ? "" : ` ${number}`;
  return `${label(rows.label)}${which}: ${label(cell.label)}`;
}
