import { FormBody } from "@daybook/shared/forms/FormBody";
import { controlId, FormContext } from "@daybook/shared/forms/form";
import { startFrom } from "@daybook/shared/forms/template";
import { firstToFill, useRecordForm } from "@daybook/shared/forms/useRecordForm";
import type { Section } from "@daybook/shared/entity/fields";
import type { EntityView, Problem, RecordView, Saved } from "@daybook/shared/generated/contract";
import { Hint } from "@daybook/shared/hints/Hint";
import { useLabel } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import type { KeyName } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { useTitle } from "@daybook/shared/kit/title";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CreateHere, useCreateHere } from "./CreateHere";
import { History } from "./History";
import { LeftNote } from "./LeftNote";
import { RecordHead } from "./RecordHead";
import { RecordNotes } from "./RecordNotes";
import { Retire } from "./Retire";
import { SimilarNote } from "./SimilarNote";
import { useBringBack } from "./useBringBack";

/** A record to read, edit, save and delete. */
export function RecordPage({
  entity,
  record,
  saved,
  onSaved,
  onBack,
  onDuplicate,
  onStep,
  below,
  note,
  onSaving,
}: {
  entity: EntityView;
  record: RecordView | null;
  saved: { warnings: Problem[] } | null;
  onSaved: (saved: Saved) => void;
  onBack: () => void;
  /** Opens a new form with these values. */
  onDuplicate?: () => void;
  /** Opens the next record of the list, or the one before. */
  onStep?: (by: 1 | -1) => void;
  below?: ((record: RecordView) => ReactNode) | undefined;
  /** What is to be said of a section of a record that is there. */
  note?: ((record: RecordView, section: Section) => ReactNode) | undefined;
  /** Called as a save begins; what it answers, with the record when it is saved. */
  onSaving?: (() => (record: RecordView) => void) | undefined;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const box = useRef<HTMLElement>(null);
  const { wanted, createHere, close } = useCreateHere();
  const [retiring, setRetiring] = useState(false);
  const [dropping, setDropping] = useState(false);
  const [past, setPast] = useState(false);
  const {
    form,
    typed,
    saving,
    failure,
    elsewhere,
    moved,
    left,
    takeUp,
    throwAway,
    edit,
    stop,
    forget,
    save,
  } = useRecordForm(entity, record, createHere);
  const { editing } = form;
  const isNew = record === null;
  const { bringBack, failure: notBack } = useBringBack(entity, record);
  const mayEdit = entity.may_edit && record !== null && !record.retired;

  // What was saved may be left: the blocker looks before the new state is drawn.
  const leaving = useRef(false);
  const blocker = useBlocker({
    shouldBlockFn: () => typed && !leaving.current,
    enableBeforeUnload: false,
    withResolver: true,
  });

  const keep = async () => {
    if (!editing || saving) return;
    const afterwards = onSaving?.();
    const done = await save();
    if (!done) return;
    afterwards?.(done.record);
    leaving.current = true;
    onSaved(done);
    leaving.current = false;
    box.current?.focus();
  };

  /** Ends the edit; the record is shown as it stands. */
  const drop = () => {
    setDropping(false);
    stop();
    box.current?.focus();
  };
  const cancel = () => (typed ? setDropping(true) : drop());

  useKey("save", () => void keep(), editing);
  useKey("edit", () => edit(), !editing && mayEdit);
  // Esc goes one step back: from an edit to the record, from there to the list.
  useKey("back", editing && !isNew ? cancel : onBack);
  const duplicate = () => {
    if (!record) return;
    startFrom(entity, record);
    onDuplicate?.();
  };
  const mayDuplicate =
    !editing && record !== null && entity.may_create && onDuplicate !== undefined;
  useKey("duplicate", duplicate, mayDuplicate);
  const maySteps = !editing && record !== null && onStep !== undefined;
  useKey("nextRecord", () => onStep?.(1), maySteps);
  useKey("previousRecord", () => onStep?.(-1), maySteps);
  useKey("retire", () => setRetiring(true), !editing && mayEdit && entity.may_retire);
  useKey("history", () => setPast(!past), !editing && record !== null);

  // The keys that do something here.
  const readKeys: KeyName[] = ["back"];
  if (maySteps) readKeys.unshift("nextRecord");
  if (mayEdit) readKeys.unshift("edit");
  if (bringBack) readKeys.unshift("bringBack");

  const arrive = useArrival();
  // A new form has the cursor in its first field; a record has the keys of its page.
  const first = isNew ? controlId(form.actions.form, firstToFill(entity)) : null;
  useLayoutEffect(() => {
    arrive(() => {
      const field = first === null ? null : document.getElementById(first);
      (field ?? box.current)?.focus();
    });
  }, [arrive, first]);

  const title = record ? record.title : t("record.newTitle", { label: label(entity.label) });
  useTitle(title, label(entity.plural));
  return (
    <FormContext value={form}>
      <article ref={box} tabIndex={-1} className="record" aria-label={title}>
        <RecordHead
          entity={entity}
          record={record}
          title={title}
          editing={editing}
          mayEdit={mayEdit}
          saving={saving}
          wasSaved={saved !== null && !editing}
          history={past}
          onHistory={() => setPast(!past)}
          onEdit={() => edit()}
          onSave={() => void keep()}
          onCancel={cancel}
          onRetire={() => setRetiring(true)}
          onBringBack={bringBack}
          onBack={onBack}
          onDuplicate={mayDuplicate ? duplicate : undefined}
          onStep={maySteps ? onStep : undefined}
        />
        <div className="record-middle">
          <div className="record-body">
            <FormBody note={record && note ? (section) => note(record, section) : undefined} />
            {record && below?.(record)}
          </div>
          {past && record && <History entity={entity} record={record} />}
        </div>
        <LeftNote
          entity={entity}
          isEdit={!isNew}
          left={left}
          onTakeUp={takeUp}
          onThrowAway={throwAway}
        />
        {isNew && entity.may_merge && <SimilarNote entity={entity} />}
        <RecordNotes
          entity={entity}
          failure={failure ?? notBack}
          elsewhere={elsewhere}
          moved={moved}
          warnings={editing ? [] : (saved?.warnings ?? [])}
          clashes={Object.keys(form.draft.clashes).length}
        />
      </article>
      {blocker.status === "blocked" && (
        <Ask
          title={t("record.leaveAsk")}
          answer={t("record.leave")}
          refuse={t("record.stay")}
          losesWork
          onAnswer={() => {
            forget();
            blocker.proceed();
          }}
          onClose={blocker.reset}
        >
          <p>{t("record.leaveHint")}</p>
        </Ask>
      )}
      {dropping && (
        <Ask
          title={t("record.leaveAsk")}
          answer={t("record.leave")}
          refuse={t("record.stay")}
          losesWork
          onAnswer={drop}
          onClose={() => setDropping(false)}
        >
          <p>{t("record.leaveHint")}</p>
        </Ask>
      )}
      {retiring && record && (
        <Retire
          entity={entity}
          record={record}
          onDone={onBack}
          onClose={() => setRetiring(false)}
        />
      )}
      {wanted && <CreateHere wanted={wanted} onClose={close} />}
      {editing ? (
        <Hint place="edit" names={["save", "createHere", "back"]} />
      ) : (
        <Hint place="record" names={readKeys} />
      )}
    </FormContext>
  );
}
