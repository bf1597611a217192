import { POSITION, pathOf, rowPath } from "../entity/fields";
import { sameCell } from "../format/cell";
import type { Cell, EntityView, RecordView } from "../generated/contract";

export type Fields = Record<string, Cell>;

/** A child row in a form. */
export interface Row {
  id: string;
  fields: Fields;
}

/** Rows by the name of their entity. */
export type Rows = Record<string, Row[]>;

/** A record's values: its own and those of its rows. */
export interface Values {
  fields: Fields;
  rows: Rows;
}

/** What stands now at a path that the person edited as well; `null` for a row that was removed. */
export type Clash = { theirs: Cell } | { removed: true };

/**
 * A form being filled in. A value: every change makes a new one, and nothing in it is ever dropped
 * but by the person's own choice.
 */
export interface Draft {
  entity: EntityView;
  id: string | null;
  /** What the engine holds, as the person saw it; nothing yet for a new record. */
  held: Values;
  /** What the form showed at first: `held`, or a new record's defaults. */
  start: Values;
  now: Values;
  /** Texts that could not be read as a value, by path; they stay in their field. */
  unread: Record<string, string>;
  /** Fields changed underneath while the person edited them too. */
  clashes: Record<string, Clash>;
}

const NOTHING: Values = { fields: {}, rows: {} };

/** A form on a record that exists. */
export function editDraft(entity: EntityView, record: RecordView): Draft {
  const held = valuesOf(entity, record);
  return {
    entity,
    id: record.id,
    held,
    start: held,
    now: held,
    unread: {},
    clashes: {},
  };
}

/** A form for a new record, there before its defaults are. */
export function emptyDraft(entity: EntityView): Draft {
  return {
    entity,
    id: null,
    held: NOTHING,
    start: NOTHING,
    now: NOTHING,
    unread: {},
    clashes: {},
  };
}

/** The defaults of a new record arrived: they fill what the person has not typed into yet. */
export function withDefaults(draft: Draft, defaults: Values): Draft {
  const fields = { ...defaults.fields };
  for (const [name, cell] of Object.entries(draft.now.fields)) {
    if (!sameCell(draft.start.fields[name], cell)) fields[name] = cell;
  }
  const rows = { ...defaults.rows };
  for (const [name, typed] of Object.entries(draft.now.rows)) {
    rows[name] = [...(rows[name] ?? []), ...typed];
  }
  return { ...draft, start: defaults, now: { fields, rows } };
}

export function valuesOf(entity: EntityView, record: RecordView): Values {
  const rows: Rows = {};
  for (const child of entity.children) {
    const views = record.children?.[child.name] ?? [];
    rows[child.name] = views
      .map(({ id, fields }) => ({ id, fields }))
      .sort((a, b) => Number(a.fields[POSITION] ?? 0) - Number(b.fields[POSITION] ?? 0));
  }
  return { fields: record.fields, rows };
}

/** Where a value stands: in the record, or in one of its rows. */
export interface Place {
  field: string;
  row?: { entity: string; id: string };
}

export function valueAt(values: Values, place: Place): Cell {
  const { field, row } = place;
  const fields = row ? rowIn(values, row.entity, row.id)?.fields : values.fields;
  return fields?.[field] ?? null;
}

export function rowIn(values: Values, entity: string, id: string): Row | undefined {
  return values.rows[entity]?.find((row) => row.id === id);
}

/** The person gave a field a value. */
export function write(draft: Draft, place: Place, cell: Cell): Draft {
  const unread = withoutKey(draft.unread, pathOf(place.field, place.row));
  return { ...draft, unread, now: withValue(draft.now, place, cell) };
}

/** The person typed a text that is no value of the field's kind. */
export function writeUnread(draft: Draft, place: Place, text: string): Draft {
  return {
    ...draft,
    unread: { ...draft.unread, [pathOf(place.field, place.row)]: text },
  };
}

export function addRow(draft: Draft, entity: string, id: string, defaults: Fields): Draft {
  const rows = draft.now.rows[entity] ?? [];
  const last = Math.max(0, ...rows.map((row) => Number(row.fields[POSITION] ?? 0)));
  const row = { id, fields: { ...defaults, [POSITION]: last + 1 } };
  return { ...draft, now: withRows(draft.now, entity, [...rows, row]) };
}

export function removeRow(draft: Draft, entity: string, id: string): Draft {
  const rows = (draft.now.rows[entity] ?? []).filter((row) => row.id !== id);
  const gone = (path: string) => path.startsWith(rowPath(entity, id));
  return {
    ...draft,
    now: withRows(draft.now, entity, rows),
    unread: keepIf(draft.unread, (path) => !gone(path)),
    clashes: keepIf(draft.clashes, (path) => !gone(path)),
  };
}

/**
 * Without the rows that were added and then left as they came, where that is nothing but ticks and
 * choices: such a row says nothing. One that came with a figure may be meant as it is.
 */
export function withoutBlankRows(draft: Draft): Draft {
  return draft.entity.children.reduce((now, child) => {
    const isBlank = (row: Row) =>
      rowIn(draft.held, child.name, row.id) === undefined &&
      rowIn(draft.start, child.name, row.id) === undefined &&
      child.fields.every(({ name, kind, default: given }) => {
        const path = pathOf(name, { entity: child.name, id: row.id });
        const isAsGiven = sameCell(row.fields[name] ?? null, given);
        const isMere = given === null || kind.type === "choice" || kind.type === "bool";
        return name === POSITION || (isAsGiven && isMere && !(path in draft.unread));
      });
    const blank = (draft.now.rows[child.name] ?? []).filter(isBlank);
    return blank.reduce((left, { id }) => removeRow(left, child.name, id), now);
  }, draft);
}

/** Whether leaving the form would lose something that was typed. */
export function isTyped(draft: Draft): boolean {
  return Object.keys(draft.unread).length > 0 || !sameValues(draft.start, draft.now);
}

export function sameValues(one: Values, other: Values): boolean {
  if (!sameFields(one.fields, other.fields)) return false;
  const entities = new Set([...Object.keys(one.rows), ...Object.keys(other.rows)]);
  for (const entity of entities) {
    const [before, after] = [one.rows[entity] ?? [], other.rows[entity] ?? []];
    if (before.length !== after.length) return false;
    for (const row of before) {
      const same = after.find((candidate) => candidate.id === row.id);
      if (!same || !sameFields(row.fields, same.fields)) return false;
    }
  }
  return true;
}

export function sameFields(one: Fields, other: Fields): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => sameCell(one[name], other[name]));
}

export function withValue(values: Values, { field, row }: Place, cell: Cell): Values {
  if (!row) return { ...values, fields: { ...values.fields, [field]: cell } };
  const rows = (values.rows[row.entity] ?? []).map((known) =>
    known.id === row.id ? { ...known, fields: { ...known.fields, [field]: cell } } : known,
  );
  return withRows(values, row.entity, rows);
}

export function withRows(values: Values, entity: string, rows: Row[]): Values {
  return { ...values, rows: { ...values.rows, [entity]: rows } };
}

export function withoutKey<T>(record: Record<string, T>, key: string): Record<string, T> {
  return keepIf(record, (known) => known !== key);
}

function keepIf<T>(record: Record<string, T>, keep: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));
}
