import { sameCell } from "../format/cell";
import type { EntityView, VersionsView } from "../generated/contract";
import { type Draft, type Row, rowIn, withRows } from "./draft";

/** How a version stands to a day. */
export type Standing = "past" | "current" | "coming";

/** Rows with the first day of each, the earliest first; those without one come first of all. */
export function inOrder(rows: Row[], { from, of }: VersionsView): Row[] {
  const key = (row: Row) => of.map((name) => String(row.fields[name] ?? "")).join("\n");
  return [...rows].sort(
    (a, b) => key(a).localeCompare(key(b)) || day(a, from).localeCompare(day(b, from)),
  );
}

/** Whether two rows are versions of one thing. */
function isOfOne(one: Row, other: Row, { of }: VersionsView): boolean {
  return of.every((name) => sameCell(one.fields[name], other.fields[name]));
}

/** The last day of a row: its own, or the day before the next version begins. */
function lastDay(row: Row, rows: Row[], versions: VersionsView): string | null {
  if (versions.to !== null) return day(row, versions.to) || null;
  const next = following(row, rows, versions);
  return next ? dayBefore(day(next, versions.from)) : null;
}

function following(row: Row, rows: Row[], versions: VersionsView): Row | undefined {
  const begins = day(row, versions.from);
  return inOrder(rows, versions).find(
    (other) => isOfOne(row, other, versions) && day(other, versions.from) > begins,
  );
}

export function standingOf(row: Row, rows: Row[], versions: VersionsView, today: string): Standing {
  if (day(row, versions.from) > today) return "coming";
  const last = lastDay(row, rows, versions);
  return last !== null && last < today ? "past" : "current";
}

/** For each row that holds on a day on which an earlier one holds as well: that one. */
export function overlaps(rows: Row[], versions: VersionsView): Map<string, Row> {
  const found = new Map<string, Row>();
  const { from, to } = versions;
  const ordered = inOrder(rows, versions);
  ordered.forEach((row, index) => {
    const earlier = ordered.slice(0, index).find((other) => {
      if (!isOfOne(row, other, versions)) return false;
      if (to === null) return day(other, from) !== "" && day(other, from) === day(row, from);
      const end = day(other, to);
      return end === "" || end >= day(row, from);
    });
    if (earlier) found.set(row.id, earlier);
  });
  return found;
}

/**
 * A new version got its first day: the one before it ends on the day before. Only an end that is open, or
 * that this form gave when the day was another, is set; what a person wrote stays.
 */
export function closePrevious(
  draft: Draft,
  child: EntityView,
  rowId: string,
  before: string | null,
): Draft {
  const { versions } = child;
  const row = rowIn(draft.now, child.name, rowId);
  const isNew = rowIn(draft.held, child.name, rowId) === undefined;
  if (!versions || versions.to === null || !row || !isNew) return draft;
  const { from, to } = versions;
  const begins = day(row, from);
  if (begins === "") return draft;
  const rows = draft.now.rows[child.name] ?? [];
  const given = before ? dayBefore(before) : null;
  const isOpen = (other: Row) => {
    const end = day(other, to);
    return end === "" || end === given;
  };
  const previous = inOrder(rows, versions)
    .filter((other) => other.id !== rowId && isOfOne(row, other, versions))
    .findLast((other) => day(other, from) < begins);
  const next = following(row, rows, versions);
  // The end that this row itself was given while its day was another.
  const was = { ...row, fields: { ...row.fields, [from]: before } };
  const nextThen = before ? following(was, rows, versions) : undefined;
  const ownGiven = nextThen ? dayBefore(day(nextThen, from)) : null;
  const withEnd = (other: Row, end: string | null): Row => ({
    ...other,
    fields: { ...other.fields, [to]: end },
  });
  const ended = rows.map((other) => {
    const end = day(other, to);
    if (other.id === rowId) {
      const isOwn = end !== "" && end !== ownGiven;
      return isOwn ? other : withEnd(other, next ? dayBefore(day(next, from)) : null);
    }
    if (other.id === previous?.id) return isOpen(other) ? withEnd(other, dayBefore(begins)) : other;
    // What was ended for a day that was corrected since is open again.
    if (given === null || end !== given) return other;
    return withEnd(other, openedEnd(draft, child.name, other.id, to));
  });
  return { ...draft, now: withRows(draft.now, child.name, ended) };
}

function openedEnd(draft: Draft, entity: string, id: string, to: string): string | null {
  const end = rowIn(draft.held, entity, id)?.fields[to];
  return typeof end === "string" ? end : null;
}

function day(row: Row, field: string): string {
  const cell = row.fields[field];
  return typeof cell === "string" ? cell : "";
}

/** The plain date before another. */
export function dayBefore(iso: string): string {
  const [year = 0, month = 1, date = 1] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date - 1)).toISOString().slice(0, 10);
}
