import { sameCell } from "../format/cell";
import type { Change, ChildChange, RecordChanges } from "../generated/contract";
import type { Draft, Fields, Row } from "./draft";

/**
 * What the form changes: for each changed field what the person saw and what they wrote, for each
 * row whether it is added, edited or removed. The engine adds the witnesses of merge groups.
 */
export function changesOf(draft: Draft): RecordChanges {
  const children: ChildChange[] = [];
  for (const { name } of draft.entity.children) {
    children.push(...rowChanges(name, draft.held.rows[name] ?? [], draft.now.rows[name] ?? []));
  }
  return { fields: differences(draft.held.fields, draft.now.fields), children };
}

function rowChanges(entity: string, before: Row[], after: Row[]): ChildChange[] {
  const changes: ChildChange[] = [];
  for (const old of before) {
    const row = after.find((candidate) => candidate.id === old.id);
    if (!row) {
      changes.push({
        entity,
        id: old.id,
        action: "remove",
        fields: witnesses(old.fields),
      });
      continue;
    }
    const fields = differences(old.fields, row.fields);
    if (fields.length > 0) changes.push({ entity, id: old.id, action: "edit", fields });
  }
  for (const row of after) {
    if (before.some((old) => old.id === row.id)) continue;
    changes.push({
      entity,
      id: row.id,
      action: "add",
      fields: differences({}, row.fields),
    });
  }
  return changes;
}

function differences(before: Fields, after: Fields): Change[] {
  return Object.entries(after)
    .filter(([field, to]) => !sameCell(before[field], to))
    .map(([field, to]) => ({ field, from: before[field] ?? null, to }));
}

/** What stood in a removed row, so that nobody's later change of it is lost unseen. */
function witnesses(fields: Fields): Change[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => ({ field, from: value, to: value }));
}
