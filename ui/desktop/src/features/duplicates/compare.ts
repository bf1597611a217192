import type { Cell, EntityView, FieldView, RecordView } from "@daybook/shared/generated/contract";

/** Two records of a group, one of which is to stay. */
export interface Pair {
  stays: RecordView;
  goes: RecordView;
}

/** The fields in which the two differ, in the order of the form. */
export function differing(entity: EntityView, { stays, goes }: Pair): FieldView[] {
  return entity.fields.filter(
    ({ name }) =>
      JSON.stringify(stays.fields[name] ?? null) !== JSON.stringify(goes.fields[name] ?? null),
  );
}

/** What the record that stays takes unless the person says otherwise: what it lacks. */
export function lacking(fields: FieldView[], { stays, goes }: Pair): Set<string> {
  const wanted = fields.filter(
    ({ name, merges }) => merges && isEmpty(stays.fields[name]) && !isEmpty(goes.fields[name]),
  );
  return new Set(wanted.map(({ name }) => name));
}

function isEmpty(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined || cell === "") return true;
  if (typeof cell !== "object") return false;
  return Object.keys(cell).length === 0;
}

/** The pair that is compared: the first stays and the next goes, unless the person chose others. */
export function pairOf(
  records: RecordView[],
  stays: string | null,
  goes: string | null,
): Pair | null {
  const kept = records.find(({ id }) => id === stays) ?? records[0];
  const others = records.filter((record) => record !== kept);
  const gone = others.find(({ id }) => id === goes) ?? others[0];
  return kept && gone ? { stays: kept, goes: gone } : null;
}
