import type { EntityView, FieldView, LabelView } from "@daybook/shared/generated/contract";

/** A place that a column can go to: the path in the engine's words, and what people call it. */
export interface Place {
  value: string;
  label: string;
}

/** Kinds that take no cell as a whole. */
const NO_CELL = new Set<FieldView["kind"]["type"]>(["map", "attachments"]);

/** Every place of an entity that a person may fill, the record's own fields first. */
export function placesOf(
  entity: EntityView,
  label: (label: LabelView) => string,
  words: { ignore: string; externalId: string; id: string },
): Place[] {
  const usable = (fields: FieldView[]) =>
    fields.filter(({ kind, writable }) => writable && !NO_CELL.has(kind.type));
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
  return [
    { value: "ignore", label: words.ignore },
    ...own,
    ...inRows,
    { value: "external_id", label: words.externalId },
    { value: "id", label: words.id },
  ];
}

/** The places with the one that is chosen among them, though it has no row of its own (`not active`). */
export function withChosen(places: Place[], chosen: string | null): Place[] {
  if (chosen === null || places.some(({ value }) => value === chosen)) return places;
  return [...places, { value: chosen, label: chosen }];
}
