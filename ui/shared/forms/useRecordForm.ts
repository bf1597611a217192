import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { v7 as uuid } from "uuid";
import { fieldOf, pathOf, POSITION, rowPath } from "../entity/fields";
import type {
  EntityView,
  Failure,
  FormDraft,
  Problem,
  RecordView,
  Saved,
} from "../generated/contract";
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
  withoutBlankRows,
  write,
} from "./draft";
import { isEditable } from "./FieldRow";
import type { Form, FormActions } from "./form";
import { controlId } from "./form";
import { placeProblems, unmended } from "./problems";
import { rebase, settle } from "./rebase";
import { takenUp, contentOf } from "./kept";
import { takeTemplate, withTemplate } from "./template";
import { begin, forward, redo, undo, type Work } from "./undo";
import { useKeeping } from "./useKeeping";

export interface RecordForm {
  form: Form;
  typed: boolean;
  saving: boolean;
  failure: Failure | null;
  /** Refusals that belong to no field here. */
  elsewhere: Problem[];
  /** Paths that took a new value from outside since editing began. */
  moved: string[];
  /** Forms that were left unsaved, offered while nothing is typed. */
  left: FormDraft[];
  /** Goes on with one of them. */
  takeUp: (left: FormDraft) => void;
  throwAway: (left: FormDraft) => void;
  /** Edits; where an edit of this record was left unsaved, that one goes on. */
  edit: (path?: string) => void;
  /** Ends the edit of a record; what was typed is gone. */
  stop: () => void;
  /** The person leaves, and what was typed is not to be kept. */
  forget: () => void;
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
  const [work, setWork] = useState<Work>(() => {
    if (record) return begin(editDraft(entity, record));
    const draft = emptyDraft(entity);
    return begin(copied ? withTemplate(draft, copied.values) : draft);
  });
  const { draft } = work;
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
  // What is true now, also between a key stroke and the next drawing.
  const newest = useRef(work);
  // Fields that are still finding out what their text names.
  const finding = useRef(new Set<Promise<unknown>>());
  const apply = useCallback((step: (work: Work) => Work) => {
    newest.current = step(newest.current);
    setWork(newest.current);
  }, []);
  /** A change that is not the person's, and so no step to take back. */
  const adjust = useCallback(
    (step: (draft: Draft) => Draft) => apply((now) => ({ ...now, draft: step(now.draft) })),
    [apply],
  );

  const formId = useId();
  const [newId] = useState(() => uuid());
  const typed = editing && isTyped(draft);
  const content = useMemo(
    () => (typed ? () => contentOf(work, named) : null),
    [typed, work, named],
  );
  const keeping = useKeeping(entity.name, record?.id ?? null, record?.id ?? newId, content);

  // What was typed while the form opened stands in its first field.
  useLayoutEffect(() => {
    if (!isNew) return;
    const caught = takeCaught();
    const field = caught && fieldOf(entity, firstToFill(entity));
    if (!field || !["text", "code", "standard", "long_text"].includes(field.kind.type)) return;
    apply((now) => forward(now, write(now.draft, { field: field.name }, caught)));
    // Once, as the form opens.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    if (!isNew) return;
    let gone = false;
    call("blank", { entity: entity.name }).then(
      (blank) => {
        if (!gone && !copied) adjust((now) => withDefaults(now, valuesOf(entity, blank)));
      },
      (cause) => setRefusal({ failure: failureOf(cause), sent: newest.current.draft }),
    );
    return () => {
      gone = true;
    };
  }, [entity, isNew, copied, adjust]);

  useEffect(() => {
    if (!record) return;
    const rebased = rebase(newest.current.draft, valuesOf(entity, record));
    adjust(() => rebased.draft);
    setMoved((before) => [...new Set([...before, ...rebased.moved])]);
    setNamed((before) => ({ ...before, ...record.titles }));
  }, [entity, record, adjust]);

  useEffect(() => {
    const path = target.current;
    if (path === null) return;
    target.current = null;
    // A row that was taken back has taken the cursor with it.
    const isLost = document.activeElement === document.body;
    const first = isLost ? controlId(formId, firstToFill(entity)) : "";
    const control = document.getElementById(controlId(formId, path));
    const place = control ?? document.getElementById(first);
    place?.focus();
    place?.scrollIntoView({ block: "nearest" });
  });

  const { goOn } = keeping;
  const takeUp = (left: FormDraft) => {
    const taken = takenUp(entity, record?.id ?? null, left.content);
    if (!taken) return;
    const now = record && rebase(taken.work.draft, valuesOf(entity, record));
    goOn(left);
    setNamed((known) => ({ ...taken.titles, ...known }));
    setMoved(now?.moved ?? []);
    target.current = taken.work.past.at(-1)?.path ?? firstToFill(entity);
    apply(() => (now ? { ...taken.work, draft: now.draft } : taken.work));
    setEditing(true);
  };

  const actions = useMemo<FormActions>(() => {
    const change = (step: (draft: Draft) => Draft) => apply((now) => forward(now, step(now.draft)));
    const go = (step: (work: Work) => Work, path: string | null | undefined) => {
      target.current = path ?? null;
      apply(step);
    };
    return {
      form: formId,
      change,
      settle: (path, keep, place) => change((now) => settle(now, path, keep, place)),
      undo: () => go(undo, newest.current.past.at(-1)?.path),
      redo: () => go(redo, newest.current.future.at(-1)?.path),
      find: (search) => {
        finding.current.add(search);
        void search.finally(() => finding.current.delete(search));
      },
      name: (id, title) => setNamed((known) => ({ ...known, [id]: title })),
      editAt: (path) => {
        if (!entity.may_edit) return;
        target.current = path;
        setMoved([]);
        setEditing(true);
      },
      addRow: (child) => {
        const id = uuid();
        const first = child.fields.find((field) => field.name !== POSITION && isEditable(field));
        if (first) target.current = pathOf(first.name, { entity: child.name, id });
        change((now) => addRow(now, child.name, id, rowDefaults(child)));
      },
      ...(createHere ? { createHere } : {}),
    };
  }, [entity, createHere, apply, formId]);

  // Refusals belong to the draft that was sent; each goes when what it names is changed.
  const placed = useMemo(() => {
    if (!refusal) return { at: {}, elsewhere: [] };
    const { failure, sent } = refusal;
    return unmended(placeProblems(sent, failure.problems), sent, draft);
  }, [draft, refusal]);

  const save = async (): Promise<Saved | null> => {
    const cursor = document.activeElement;
    // What is typed into a choice counts as typed: leaving the field says what it names.
    if (cursor instanceof HTMLElement) cursor.blur();
    await Promise.all(finding.current);
    adjust(withoutBlankRows);
    const sent = newest.current.draft;
    const open = [...Object.keys(sent.unread), ...Object.keys(sent.clashes)][0];
    if (open !== undefined) {
      document.getElementById(controlId(formId, open))?.focus();
      return null;
    }
    setSaving(true);
    try {
      const saved = await call("save", {
        entity: entity.name,
        id: sent.id,
        changes: changesOf(sent),
      });
      keeping.forget();
      setRefusal(null);
      apply(() => begin(editDraft(entity, saved.record)));
      setNamed((known) => ({ ...known, ...saved.record.titles }));
      setMoved([]);
      setEditing(false);
      return saved;
    } catch (cause) {
      const refused = failureOf(cause);
      setRefusal({ failure: refused, sent });
      target.current = firstPath(sent, refused.problems);
      if (target.current === null && cursor instanceof HTMLElement) cursor.focus();
      return null;
    } finally {
      setSaving(false);
    }
  };

  const stop = () => {
    if (!record) return;
    keeping.forget();
    apply(() => begin(editDraft(entity, record)));
    setRefusal(null);
    setMoved([]);
    setEditing(false);
  };

  const edit = (path?: string) => {
    const [unsaved] = record ? keeping.left : [];
    if (unsaved && takenUp(entity, null, unsaved.content)) takeUp(unsaved);
    else actions.editAt(path ?? firstEditable(entity));
  };

  return {
    form: { draft, editing, problems: placed.at, titles: named, actions },
    typed,
    saving,
    failure: refusal?.failure ?? null,
    elsewhere: placed.elsewhere,
    moved: editing ? moved : [],
    left: typed ? [] : keeping.left,
    takeUp,
    throwAway: keeping.drop,
    edit,
    stop,
    forget: keeping.forget,
    save,
  };
}

export function firstEditable(entity: EntityView): string {
  return entity.fields.find(isEditable)?.name ?? "";
}

/** Where a new form begins: at the first field that it cannot do without, or else at its first. */
export function firstToFill(entity: EntityView): string {
  const needed = entity.fields.find(
    (field) => isEditable(field) && field.required && field.default === null,
  );
  return needed?.name ?? firstEditable(entity);
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
