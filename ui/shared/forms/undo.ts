import { pathOf, rowPath } from "../entity/fields";
import { sameCell } from "../format/cell";
import { type Draft, type Fields, type Row, type Rows, sameFields } from "./draft";

/** As many steps can be taken back. */
const STEPS = 200;

/** What stood before one step: only what the step changed. */
export interface Step {
  fields: Fields;
  rows: Rows;
  /** All unread texts, where the step changed one. */
  unread: Record<string, string> | null;
  /** Where it was done. */
  path: string | null;
}

/** A form under way, with the steps that led to it and those that were taken back. */
export interface Work {
  draft: Draft;
  past: Step[];
  future: Step[];
}

export function begin(draft: Draft): Work {
  return { draft, past: [], future: [] };
}

/** The person did something. What is typed into one field is one step. */
export function forward(work: Work, draft: Draft): Work {
  if (draft === work.draft) return work;
  const step = stepBetween(work.draft, draft);
  if (!step) return { ...work, draft };
  const goesOn = step.path !== null && work.past.at(-1)?.path === step.path;
  const past = goesOn ? work.past : [...work.past, step].slice(-STEPS);
  return { draft, past, future: [] };
}

export function undo(work: Work): Work {
  const step = work.past.at(-1);
  if (!step) return work;
  const draft = put(work.draft, step);
  const back = stepBetween(work.draft, draft);
  const future = back ? [...work.future, { ...back, path: step.path }] : work.future;
  return { draft, past: work.past.slice(0, -1), future };
}

export function redo(work: Work): Work {
  const step = work.future.at(-1);
  if (!step) return work;
  const draft = put(work.draft, step);
  const back = stepBetween(work.draft, draft);
  const past = back ? [...work.past, { ...back, path: step.path }] : work.past;
  return { draft, past, future: work.future.slice(0, -1) };
}

function put(draft: Draft, { fields, rows, unread }: Step): Draft {
  const { now } = draft;
  return {
    ...draft,
    unread: unread ?? draft.unread,
    now: { fields: { ...now.fields, ...fields }, rows: { ...now.rows, ...rows } },
  };
}

function stepBetween(before: Draft, after: Draft): Step | null {
  const fields: Fields = {};
  for (const name of names(before.now.fields, after.now.fields)) {
    const cell = before.now.fields[name] ?? null;
    if (!sameCell(cell, after.now.fields[name] ?? null)) fields[name] = cell;
  }
  const rows: Rows = {};
  const paths: (string | null)[] = Object.keys(fields).map((name) => pathOf(name));
  for (const entity of names(before.now.rows, after.now.rows)) {
    const [old, now] = [before.now.rows[entity] ?? [], after.now.rows[entity] ?? []];
    if (old === now) continue;
    rows[entity] = old;
    paths.push(...placesIn(entity, old, now));
  }
  const texts = names(before.unread, after.unread).filter(
    (path) => before.unread[path] !== after.unread[path],
  );
  paths.push(...texts);
  if (paths.length === 0 && Object.keys(rows).length === 0) return null;
  const [first = null, ...others] = new Set(paths);
  return {
    fields,
    rows,
    unread: texts.length > 0 ? before.unread : null,
    path: others.length === 0 ? first : null,
  };
}

/** The paths of what differs between two states of a table; a row that came or went is a place of its own. */
function placesIn(entity: string, before: Row[], after: Row[]): string[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const changed = after.flatMap((row) => {
    const old = known.get(row.id);
    if (!old) return [rowPath(entity, row.id)];
    if (old === row || sameFields(old.fields, row.fields)) return [];
    return names(old.fields, row.fields)
      .filter((name) => !sameCell(old.fields[name] ?? null, row.fields[name] ?? null))
      .map((name) => pathOf(name, { entity, id: row.id }));
  });
  const left = new Set(after.map(({ id }) => id));
  const gone = before.filter(({ id }) => !left.has(id)).map(({ id }) => rowPath(entity, id));
  return [...changed, ...gone];
}

function names(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}
