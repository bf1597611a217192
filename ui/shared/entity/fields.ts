import type { EntityView, FieldView, LabelView } from "../generated/contract";

/** One section of a form, in the order of the declaration. */
export interface Section {
  /** The English label: stable in every language. */
  name: string;
  label: LabelView;
  fields: FieldView[];
}

export function fieldOf(entity: EntityView, name: string): FieldView | undefined {
  return entity.fields.find((field) => field.name === name);
}

export function childOf(entity: EntityView, name: string): EntityView | undefined {
  return entity.children.find((child) => child.name === name);
}

/** The form's sections; a field without room in a form (an empty list of files) stays out. */
export function sectionsOf(entity: EntityView, shown: (field: FieldView) => boolean): Section[] {
  const sections: Section[] = [];
  for (const field of entity.fields.filter(shown)) {
    const name = field.section.en;
    const known = sections.find((section) => section.name === name);
    if (known) known.fields.push(field);
    else sections.push({ name, label: field.section, fields: [field] });
  }
  return sections;
}

/**
 * Two columns of about equal height that read downwards: the sections in order, parted where the
 * halves are closest.
 */
export function halves<T>(items: T[], height: (item: T) => number): [T[], T[]] {
  const total = items.reduce((sum, item) => sum + height(item), 0);
  let best = items.length;
  let bestGap = Number.POSITIVE_INFINITY;
  let above = 0;
  for (let index = 0; index <= items.length; index += 1) {
    const gap = Math.abs(total - 2 * above);
    if (gap <= bestGap) {
      bestGap = gap;
      best = index;
    }
    const item = items[index];
    if (item !== undefined) above += height(item);
  }
  return [items.slice(0, best), items.slice(best)];
}

/**
 * The entity as this person can fill it in: a field that refers to records they do not see (another
 * person, a company out of their sight) is shown, not chosen.
 */
export function withinSight(entity: EntityView, seen: ReadonlySet<string>): EntityView {
  const fields = entity.fields.map((field) => {
    const { kind } = field;
    return kind.type === "reference" && !seen.has(kind.entity)
      ? { ...field, writable: false }
      : field;
  });
  const children = entity.children.map((child) => withinSight(child, seen));
  return { ...entity, fields, children };
}

/** The field that orders the rows of a child; it is kept, not shown. */
export const POSITION = "position";

/** The path of a value: `email`, or `customer_contact[<id>].phone` in a row. */
export function pathOf(field: string, row?: { entity: string; id: string }): string {
  return row ? `${rowPath(row.entity, row.id)}.${field}` : field;
}

export function rowPath(entity: string, id: string): string {
  return `${entity}[${id}]`;
}

export interface ParsedPath {
  field: string;
  row?: { entity: string; key: string };
}

/** Takes a path apart; `key` is a row's id or its number, `field` is empty for the row itself. */
export function parsePath(path: string): ParsedPath {
  const match = /^([a-z0-9_]+)\[([^\]]+)\](?:\.(.+))?$/.exec(path);
  if (!match) return { field: path };
  return {
    field: match[3] ?? "",
    row: { entity: match[1] ?? "", key: match[2] ?? "" },
  };
}

/** What a path is called: "E-mail", "Contact · Phone"; the path itself where it is unknown. */
export function pathLabel(
  entity: EntityView,
  path: string,
  label: (label: LabelView) => string,
): string {
  const { field, row } = parsePath(path);
  if (!row) {
    const known = fieldOf(entity, field) ?? childOf(entity, field);
    if (!known) return field;
    return label("plural" in known ? known.plural : known.label);
  }
  const child = childOf(entity, row.entity);
  if (!child) return path;
  const known = fieldOf(child, field);
  return known ? `${label(child.label)} · ${label(known.label)}` : label(child.label);
}
