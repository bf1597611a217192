import { v7 as uuid } from "uuid";
import { POSITION } from "../entity/fields";
import type { EntityView, RecordView } from "../generated/contract";
import { type Draft, type Rows, type Values, valuesOf } from "./draft";

/** What the next new record of an entity begins with, once: the values of another one. */
let template: (Template & { entity: string }) | null = null;

export interface Template {
  values: Values;
  /** What people call the records that the values refer to. */
  titles: Record<string, string>;
}

/** The next new form of this entity begins with the values of this record. */
export function startFrom(entity: EntityView, record: RecordView): void {
  const values = copied(entity, valuesOf(entity, record));
  template = { entity: entity.name, values, titles: record.titles ?? {} };
}

/** What was laid aside for a new record of this entity. */
export function takeTemplate(entity: EntityView): Template | null {
  if (template?.entity !== entity.name) return null;
  const taken = template;
  // React may begin a form twice before it shows it.
  queueMicrotask(() => {
    if (template === taken) template = null;
  });
  return taken;
}

/** A new draft with the copied values as if they had been typed: leaving it asks first. */
export function withTemplate(draft: Draft, values: Values): Draft {
  return { ...draft, now: values };
}

/**
 * What of a record is another one's as well: not what it is known by, not what is written by others, and
 * its rows under ids of their own.
 */
function copied(entity: EntityView, values: Values): Values {
  const own = new Set([entity.key, "code", "external_ids", "barcode", "gtin"]);
  const fields = Object.fromEntries(
    entity.fields
      .filter(({ name, writable, kind }) => {
        return writable && !own.has(name) && kind.type !== "attachments";
      })
      .map(({ name }) => [name, values.fields[name] ?? null]),
  );
  const rows: Rows = {};
  for (const child of entity.children) {
    const writable = new Set(
      child.fields.filter((field) => field.writable).map(({ name }) => name),
    );
    rows[child.name] = (values.rows[child.name] ?? []).map((row) => ({
      id: uuid(),
      fields: Object.fromEntries(
        Object.entries(row.fields).filter(([name]) => name === POSITION || writable.has(name)),
      ),
    }));
  }
  return { fields, rows };
}
