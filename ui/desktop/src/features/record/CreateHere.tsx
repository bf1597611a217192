import { useEntity } from "@daybook/shared/data/queries";
import { startCatching } from "@daybook/shared/forms/catch";
import { FormBody } from "@daybook/shared/forms/FormBody";
import {
  controlId,
  type CreateHere as OnCreateHere,
  FormContext,
} from "@daybook/shared/forms/form";
import { firstToFill, useRecordForm } from "@daybook/shared/forms/useRecordForm";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { Button, Modal } from "antd";
import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { LeftNote } from "./LeftNote";
import { RecordNotes } from "./RecordNotes";

/** A record that a field needs and that is not there yet. */
export interface Wanted {
  entity: string;
  done: (id: string, title: string) => void;
  /** The field, to which the cursor comes back. */
  field: Element | null;
}

/** What a form needs to make a record for one of its fields. */
export function useCreateHere() {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const createHere = useCallback<OnCreateHere>((entity, called, done) => {
    const field = document.activeElement;
    // What was typed into the field, and what is typed next, is for the new form.
    startCatching(called);
    setWanted({ entity, done, field });
  }, []);
  const close = useCallback(() => {
    // At once: the next key is for the field again.
    flushSync(() => setWanted(null));
    if (wanted?.field instanceof HTMLElement) wanted.field.focus();
  }, [wanted]);
  return { wanted, createHere, close };
}

/** Makes a record for the field one is in; the form below stays as it is. */
export function CreateHere({ wanted, onClose }: { wanted: Wanted; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const entity = useEntity(wanted.entity);
  if (!entity) return null;
  return (
    <Modal
      open
      width={1080}
      title={t("record.newTitle", { label: label(entity.label) })}
      footer={null}
      keyboard={false}
      mask={{ closable: false }}
      closable={false}
    >
      <KeyLayer>
        <div className="create-here">
          <CreateForm entity={entity} wanted={wanted} onClose={onClose} />
        </div>
      </KeyLayer>
    </Modal>
  );
}

function CreateForm({
  entity,
  wanted,
  onClose,
}: {
  entity: EntityView;
  wanted: Wanted;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const [leaving, setLeaving] = useState(false);
  // A record that is made here may need another one in its turn.
  const { wanted: further, createHere, close } = useCreateHere();
  const { form, typed, failure, elsewhere, saving, left, takeUp, throwAway, forget, save } =
    useRecordForm(entity, null, createHere);
  const first = controlId(form.actions.form, firstToFill(entity));
  useEffect(() => document.getElementById(first)?.focus(), [first]);
  const keep = async () => {
    const saved = await save();
    if (!saved) return;
    wanted.done(saved.record.id, saved.record.title);
    onClose();
  };
  useKey("save", () => void keep());
  const leave = () => (typed ? setLeaving(true) : onClose());
  const giveUp = () => {
    forget();
    onClose();
  };
  useKey("back", leave);
  return (
    <FormContext value={form}>
      <FormBody />
      <footer className="create-foot">
        <LeftNote
          entity={entity}
          isEdit={false}
          left={left}
          onTakeUp={takeUp}
          onThrowAway={throwAway}
        />
        <RecordNotes
          entity={entity}
          failure={failure}
          elsewhere={elsewhere}
          moved={[]}
          warnings={[]}
          clashes={0}
        />
        <div className="row">
          <KeyTip name="back">
            <Button onClick={leave}>{t("act.cancel")}</Button>
          </KeyTip>
          <Button type="primary" loading={saving} onClick={() => void keep()}>
            {t("record.save")} <kbd aria-hidden>{keyText("save", language)}</kbd>
          </Button>
        </div>
      </footer>
      {leaving && (
        <Ask
          title={t("record.leaveAsk")}
          answer={t("record.leave")}
          refuse={t("record.stay")}
          losesWork
          onAnswer={giveUp}
          onClose={() => setLeaving(false)}
        >
          <p>{t("record.leaveHint")}</p>
        </Ask>
      )}
      {further && <CreateHere wanted={further} onClose={close} />}
    </FormContext>
  );
}
