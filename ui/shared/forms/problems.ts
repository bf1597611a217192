import { childOf, fieldOf, parsePath, pathOf, rowPath } from "../entity/fields";
import type { Problem } from "../generated/contract";
import type { Draft } from "./draft";

/** The engine's refusals, each at its field. */
export interface Placed {
  /** By the path of a field, a row or a whole table. */
  at: Record<string, Problem[]>;
  /** Those that belong to no field of this form. */
  elsewhere: Problem[];
}

/**
 * Finds the field of each refusal. A row is named by its id, or by its number among the rows of its
 * table in the form's order.
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
  const found = /^\d+$/.test(row.key)
    ? rows[Number(row.key)]
    : rows.find((known) => known.id === row.key);
  if (!child || !found) return null;
  if (!fieldOf(child, field)) return rowPath(child.name, found.id);
  return pathOf(field, { entity: child.name, id: found.id });
}
