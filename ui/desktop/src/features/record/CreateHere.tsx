import { useEntity } from "@daybook/shared/data/queries";
import { FormBody, focusFirst } from "@daybook/shared/forms/FormBody";
import { FormContext } from "@daybook/shared/forms/form";
import { useRecordForm } from "@daybook/shared/forms/useRecordForm";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { Button, Modal } from "antd";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { RecordNotes } from "./RecordNotes";

/** A record that a field needs and that is not there yet. */
export interface Wanted {
  entity: string;
  done: (id: string, title: string) => void;
}

/** Makes a record for the field one is in; the form below stays as it is. */
export function CreateHere({ wanted, onClose }: { wanted: Wanted; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const entity = useEntity(wanted.entity);
  const box = useRef<HTMLDivElement>(null);
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
      afterOpenChange={(open) => open && box.current && focusFirst(box.current)}
    >
      <KeyLayer>
        <div ref={box} className="create-here">
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
  const [further, setFurther] = useState<Wanted | null>(null);
  const createHere = useCallback<(entity: string, done: Wanted["done"]) => void>(
    (name, done) => setFurther({ entity: name, done }),
    [],
  );
  const { form, typed, failure, elsewhere, saving, save } = useRecordForm(entity, null, createHere);
  const keep = async () => {
    const saved = await save();
    if (!saved) return;
    wanted.done(saved.record.id, saved.record.title);
    onClose();
  };
  useKey("save", () => void keep());
  const leave = () => (typed ? setLeaving(true) : onClose());
  useKey("back", leave);
  return (
    <FormContext value={form}>
      <FormBody />
      <footer className="create-foot">
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
          onAnswer={onClose}
          onClose={() => setLeaving(false)}
        >
          <p>{t("record.leaveHint")}</p>
        </Ask>
      )}
      {further && <CreateHere wanted={further} onClose={() => setFurther(null)} />}
    </FormContext>
  );
}
