import { pathOf, rowPath } from "../entity/fields";
import { sameCell } from "../format/cell";
import {
  type Clash,
  type Draft,
  type Place,
  type Row,
  rowIn,
  sameFields,
  type Values,
  valueAt,
  withoutKey,
  withRows,
  withValue,
} from "./draft";

/** A form on the new state of its record. */
export interface Rebased {
  draft: Draft;
  /** Paths that took the new value, because the person had not touched them. */
  moved: string[];
}

/**
 * The record changed underneath the form. What the person did not touch takes the new value; what
 * both changed keeps what was typed, and the new value is offered beside it.
 */
export function rebase(draft: Draft, theirs: Values): Rebased {
  const moved: string[] = [];
  const clashes: Record<string, Clash> = {};
  let now = draft.now;

  const merge = (place: Place) => {
    const path = pathOf(place.field, place.row);
    const base = valueAt(draft.held, place);
    const theirValue = valueAt(theirs, place);
    const mine = valueAt(draft.now, place);
    const isUnread = path in draft.unread;
    const earlier = draft.clashes[path];
    const isTouched = isUnread || !sameCell(base, mine) || earlier !== undefined;
    if (!isTouched) {
      if (sameCell(base, theirValue)) return;
      now = withValue(now, place, theirValue);
      moved.push(path);
      return;
    }
    if (!isUnread && sameCell(mine, theirValue)) return;
    // A clash that was there before stays open until the person chooses, with the newest value.
    if (earlier || !sameCell(base, theirValue)) clashes[path] = { theirs: theirValue };
  };

  for (const field of names(draft.held.fields, theirs.fields)) merge({ field });
  for (const { name: entity } of draft.entity.children) {
    const before = draft.held.rows[entity] ?? [];
    const after = theirs.rows[entity] ?? [];
    for (const row of after) {
      if (rowIn(draft.now, entity, row.id)) {
        for (const field of names(row.fields, rowIn(draft.held, entity, row.id)?.fields ?? {})) {
          merge({ field, row: { entity, id: row.id } });
        }
      } else if (!sameFields(rowIn(draft.held, entity, row.id)?.fields ?? {}, row.fields)) {
        // Added by others, or removed here while others changed it: nobody removes what they
        // have not seen.
        now = withRows(now, entity, [...(now.rows[entity] ?? []), row]);
        moved.push(rowPath(entity, row.id));
      }
    }
    for (const row of before) {
      if (after.some((known) => known.id === row.id)) continue;
      const mine = rowIn(draft.now, entity, row.id);
      if (!mine) continue;
      if (isRowTouched(draft, entity, row, mine)) {
        clashes[rowPath(entity, row.id)] = { removed: true };
      } else {
        now = withRows(
          now,
          entity,
          (now.rows[entity] ?? []).filter((r) => r.id !== row.id),
        );
        moved.push(rowPath(entity, row.id));
      }
    }
  }
  return {
    draft: { ...draft, held: theirs, start: theirs, now, clashes },
    moved,
  };
}

/** The person chose between what they typed and what stands now. */
export function settle(draft: Draft, path: string, keep: "mine" | "theirs", place: Place): Draft {
  const clash = draft.clashes[path];
  if (!clash) return draft;
  const settled = { ...draft, clashes: withoutKey(draft.clashes, path) };
  // Mine: the record now holds theirs, so what was typed goes out as a change of it.
  if (keep === "mine") return settled;
  const unread = withoutKey(draft.unread, path);
  if ("theirs" in clash) {
    return {
      ...settled,
      unread,
      now: withValue(draft.now, place, clash.theirs),
    };
  }
  const { row } = place;
  if (!row) return settled;
  const rows = (draft.now.rows[row.entity] ?? []).filter((known) => known.id !== row.id);
  return { ...settled, now: withRows(draft.now, row.entity, rows) };
}

function isRowTouched(draft: Draft, entity: string, before: Row, mine: Row): boolean {
  const path = rowPath(entity, before.id);
  const isUnread = Object.keys(draft.unread).some((known) => known.startsWith(path));
  return isUnread || path in draft.clashes || !sameFields(before.fields, mine.fields);
}

function names(one: object, other: object): Set<string> {
  return new Set([...Object.keys(one), ...Object.keys(other)]);
}
