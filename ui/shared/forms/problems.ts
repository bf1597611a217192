import { childOf, fieldOf, parsePath, pathOf, rowPath } from "../entity/fields";
import { sameCell } from "../format/cell";
import type { Problem } from "../generated/contract";
import { type Draft, rowIn, sameValues, valueAt } from "./draft";

/** The engine's refusals, each at its field. */
export interface Placed {
  /** By the path of a field, a row or a whole table. */
  at: Record<string, Problem[]>;
  /** Those that belong to no field of this form. */
  elsewhere: Problem[];
}

/**
 * Finds the field of each refusal. A row is named by its id.
 */
export function placeProblems(draft: Draft, problems: Problem[]): Placed {
  const placed: Placed = { at: {}, elsewhere: [] };
  for (const problem of problems) {
    const path = pathIn(draft, problem.field);
    if (path === null) {
      placed.elsewhere.push(problem);
      continue;
    }
    placed.at[path] = [...(placed.at[path] ?? []), problem];
  }
  return placed;
}

function pathIn(draft: Draft, name: string): string | null {
  const { field, row } = parsePath(name);
  if (!row) {
    return fieldOf(draft.entity, field) || childOf(draft.entity, field) ? field : null;
  }
  const child = childOf(draft.entity, row.entity);
  const rows = draft.now.rows[row.entity] ?? [];
  const found = rows.find((known) => known.id === row.key);
  if (!child || !found) return null;
  if (!fieldOf(child, field)) return rowPath(child.name, found.id);
  return pathOf(field, { entity: child.name, id: found.id });
}

/** The refusals of a sent draft that nobody has answered by changing what they name. */
export function unmended(placed: Placed, sent: Draft, now: Draft): Placed {
  const open = Object.entries(placed.at).filter(([path]) => !isChanged(path, sent, now));
  return { at: Object.fromEntries(open), elsewhere: placed.elsewhere };
}

function isChanged(path: string, sent: Draft, now: Draft): boolean {
  if (path in now.unread) return true;
  const { field, row } = parsePath(path);
  if (!row) {
    if (!childOf(sent.entity, field)) {
      return !sameCell(valueAt(sent.now, { field }), valueAt(now.now, { field }));
    }
    const rows = (draft: Draft) => ({
      fields: {},
      rows: { [field]: draft.now.rows[field] ?? [] },
    });
    return !sameValues(rows(sent), rows(now));
  }
  const { entity, key: id } = row;
  if (field) {
    const place = { field, row: { entity, id } };
    return !sameCell(valueAt(sent.now, place), valueAt(now.now, place));
  }
  const one = (draft: Draft) => {
    const found = rowIn(draft.now, entity, id);
    return { fields: {}, rows: { [entity]: found ? [found] : [] } };
  };
  return !sameValues(one(sent), one(now));
}
