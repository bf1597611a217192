import type { EntityView } from "../generated/contract";
import type { Draft, Fields, Rows, Values } from "./draft";
import type { Step, Work } from "./undo";

/** A form as it is kept until it is saved. The number grows when older ones can no longer be read. */
interface Kept {
  form: 1;
  held: Values;
  start: Values;
  now: Values;
  unread: Record<string, string>;
  titles: Record<string, string>;
  past: Step[];
}

export interface TakenUp {
  work: Work;
  /** What people call the records that the form refers to. */
  titles: Record<string, string>;
}

export function contentOf({ draft, past }: Work, titles: Record<string, string>): string {
  const { held, start, now, unread } = draft;
  const kept: Kept = { form: 1, held, start, now, unread, titles, past };
  return JSON.stringify(kept);
}

/**
 * A kept form as the person may fill it in today: what they may no longer see or write is not taken up.
 * `null` where another version kept it in words that this one does not know.
 */
export function takenUp(entity: EntityView, id: string | null, content: string): TakenUp | null {
  const kept = parsed(content);
  if (!kept) return null;
  const within = (values: Values) => valuesWithin(entity, values);
  const steps = kept.past.map((step) => ({ ...step, ...within(step) }));
  const draft: Draft = {
    entity,
    id,
    held: within(kept.held),
    start: within(kept.start),
    now: within(kept.now),
    unread: kept.unread,
    clashes: {},
  };
  return { work: { draft, past: steps, future: [] }, titles: kept.titles };
}

/** What a kept form's record would be called, as far as it was typed. */
export function titleOf(entity: EntityView, content: string): string {
  const fields = parsed(content)?.now.fields ?? {};
  const named = ["name", entity.key ?? ""].map((name) => fields[name]);
  return named.find((cell) => typeof cell === "string") ?? "";
}

function parsed(content: string): Kept | null {
  try {
    const kept = JSON.parse(content) as Partial<Kept>;
    return kept.form === 1 ? (kept as Kept) : null;
  } catch {
    return null;
  }
}

function valuesWithin(entity: EntityView, { fields, rows }: Values): Values {
  const children: Rows = {};
  for (const child of entity.children) {
    const known = rows[child.name];
    if (!known) continue;
    children[child.name] = known.map((row) => ({
      ...row,
      fields: fieldsWithin(child, row.fields),
    }));
  }
  return { fields: fieldsWithin(entity, fields), rows: children };
}

function fieldsWithin(entity: EntityView, fields: Fields): Fields {
  const names = new Set(entity.fields.map(({ name }) => name));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name)));
}
