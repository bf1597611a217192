import { useEffect, useMemo, useRef, useState } from "react";
import { v7 as uuid } from "uuid";
import { fieldOf, pathOf, rowPath } from "../entity/fields";
import type { EntityView, Failure, Problem, RecordView, Saved } from "../generated/contract";
import { useForForm } from "../data/queries";
import { call, failureOf } from "../platform/call";
import { takeCaught } from "./catch";
import { changesOf } from "./changes";
import {
  addRow,
  type Draft,
  type Fields,
  editDraft,
  emptyDraft,
  isTyped,
  valuesOf,
  withDefaults,
  write,
} from "./draft";
import { isEditable } from "./FieldRow";
import type { Form, FormActions } from "./form";
import { controlId } from "./form";
import { placeProblems, unmended } from "./problems";
import { rebase, settle } from "./rebase";
import { takeTemplate, withTemplate } from "./template";

export interface RecordForm {
  form: Form;
  typed: boolean;
  saving: boolean;
  failure: Failure | null;
  /** Refusals that belong to no field here. */
  elsewhere: Problem[];
  /** Paths that took a new value from outside since editing began. */
  moved: string[];
  edit: (path?: string) => void;
  /** Ends the edit of a record; what was typed is gone. */
  stop: () => void;
  /** Saves; the saved record, or `null` where something is to be corrected first. */
  save: () => Promise<Saved | null>;
}

/** The life of one form: from the record (or nothing) to a saved one, over changes underneath. */
export function useRecordForm(
  described: EntityView,
  record: RecordView | null,
  createHere?: FormActions["createHere"],
): RecordForm {
  const entity = useForForm(described);
  const isNew = record === null;
  const [copied] = useState(() => (record ? null : takeTemplate(entity)));
  const [draft, setDraft] = useState<Draft>(() => {
    if (record) return editDraft(entity, record);
    return copied ? withTemplate(emptyDraft(entity), copied.values) : begin(entity);
  });
  const [editing, setEditing] = useState(isNew);
  const [refusal, setRefusal] = useState<{
    failure: Failure;
    sent: Draft;
  } | null>(null);
  const [saving, setSaving] = useState(false);
  const [moved, setMoved] = useState<string[]>([]);
  const [named, setNamed] = useState<Record<string, string>>(copied?.titles ?? {});
  // Where the cursor goes once the control is there.
  const target = useRef<string | null>(null);
  const newest = useRef(draft);
  useEffect(() => {
    newest.current = draft;
  }, [draft]);

  useEffect(() => {
    if (!isNew) return;
    let gone = false;
    call("blank", { entity: entity.name }).then(
      (blank) => {
        if (!gone && !copied) setDraft((now) => withDefaults(now, valuesOf(entity, blank)));
      },
      (cause) => setRefusal({ failure: failureOf(cause), sent: newest.current }),
    );
    return () => {
      gone = true;
    };
  }, [entity, isNew, copied]);

  useEffect(() => {
    if (!record) return;
    const rebased = rebase(newest.current, valuesOf(entity, record));
    setDraft(rebased.draft);
    setMoved((before) => [...new Set([...before, ...rebased.moved])]);
    setNamed((before) => ({ ...before, ...record.titles }));
  }, [entity, record]);

  useEffect(() => {
    const path = target.current;
    const control = path === null ? null : document.getElementById(controlId(path));
    if (!control) return;
    target.current = null;
    control.focus();
    control.scrollIntoView({ block: "nearest" });
  });

  const actions = useMemo<FormActions>(
    () => ({
      change: (step) => setDraft(step),
      settle: (path, keep, place) => setDraft((now) => settle(now, path, keep, place)),
      name: (id, title) => setNamed((known) => ({ ...known, [id]: title })),
      editAt: (path) => {
        if (!entity.may_edit) return;
        target.current = path;
        setMoved([]);
        setEditing(true);
      },
      addRow: (child) => {
        const id = uuid();
        const first = child.fields.find((field) => field.name !== "position" && isEditable(field));
        if (first) target.current = pathOf(first.name, { entity: child.name, id });
        setDraft((now) => addRow(now, child.name, id, rowDefaults(child)));
      },
      ...(createHere ? { createHere } : {}),
    }),
    [entity, createHere],
  );

  // Refusals belong to the draft that was sent; each goes when what it names is changed.
  const placed = useMemo(() => {
    if (!refusal) return { at: {}, elsewhere: [] };
    const { failure, sent } = refusal;
    return unmended(placeProblems(sent, failure.problems), sent, draft);
  }, [draft, refusal]);

  const save = async (): Promise<Saved | null> => {
    const open = [...Object.keys(draft.unread), ...Object.keys(draft.clashes)][0];
    if (open !== undefined) {
      document.getElementById(controlId(open))?.focus();
      return null;
    }
    setSaving(true);
    try {
      const changes = changesOf(draft);
      const saved = await call("save", {
        entity: entity.name,
        id: draft.id,
        changes,
      });
      setRefusal(null);
      setDraft(editDraft(entity, saved.record));
      setNamed((known) => ({ ...known, ...saved.record.titles }));
      setMoved([]);
      setEditing(false);
      return saved;
    } catch (cause) {
      const refused = failureOf(cause);
      setRefusal({ failure: refused, sent: draft });
      target.current = firstPath(draft, refused.problems);
      return null;
    } finally {
      setSaving(false);
    }
  };

  const stop = () => {
    if (!record) return;
    setDraft(editDraft(entity, record));
    setRefusal(null);
    setMoved([]);
    setEditing(false);
  };

  return {
    form: { draft, editing, problems: placed.at, titles: named, actions },
    typed: editing && isTyped(draft),
    saving,
    failure: refusal?.failure ?? null,
    elsewhere: placed.elsewhere,
    moved: editing ? moved : [],
    edit: (path) => actions.editAt(path ?? firstEditable(entity)),
    stop,
    save,
  };
}

/** A new form, at once, with what was typed while it opened in its first field. */
function begin(entity: EntityView): Draft {
  const draft = emptyDraft(entity);
  const caught = takeCaught();
  const field = fieldOf(entity, firstEditable(entity));
  const takesText = field && ["text", "code", "standard", "long_text"].includes(field.kind.type);
  return caught && takesText ? write(draft, { field: field.name }, caught) : draft;
}

export function firstEditable(entity: EntityView): string {
  return entity.fields.find(isEditable)?.name ?? "";
}

/** What a new row begins with, as far as this person may write it. */
function rowDefaults(child: EntityView): Fields {
  const given = child.fields.filter((field) => isEditable(field) && field.default !== null);
  return Object.fromEntries(given.map((field) => [field.name, field.default]));
}

/** The first refused field in the form's order. */
function firstPath(draft: Draft, problems: Problem[]): string | null {
  const at = placeProblems(draft, problems).at;
  const own = draft.entity.fields.map((field) => field.name);
  const rows = draft.entity.children.flatMap((child) =>
    (draft.now.rows[child.name] ?? []).flatMap((row) => [
      rowPath(child.name, row.id),
      ...child.fields.map((field) => pathOf(field.name, { entity: child.name, id: row.id })),
    ]),
  );
  return [...own, ...rows].find((path) => path in at) ?? null;
}
