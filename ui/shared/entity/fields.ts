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
 * At most so many columns of about equal height that read downwards: the items in order, parted so
 * that the highest column is as low as can be. No column is empty.
 */
export function inColumns<T>(items: T[], count: number, height: (item: T) => number): T[][] {
  if (items.length === 0) return [];
  const heights = items.map(height);
  let best: T[][] = [items];
  let lowest = heights.reduce((sum, each) => sum + each, 0);
  if (count > 1) {
    let first = 0;
    for (let at = 1; at < items.length; at += 1) {
      first += heights[at - 1] ?? 0;
      const rest = inColumns(items.slice(at), count - 1, height);
      const sums = rest.map((column) => column.reduce((sum, item) => sum + height(item), 0));
      const highest = Math.max(first, ...sums);
      if (highest <= lowest) [best, lowest] = [[items.slice(0, at), ...rest], highest];
    }
  }
  return best;
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
