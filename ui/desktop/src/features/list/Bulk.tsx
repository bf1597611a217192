import { CloseOutlined } from "@ant-design/icons";
import { fieldOf } from "@daybook/shared/entity/fields";
import { UsedByNote } from "@daybook/shared/entity/UsedByNote";
import { formatCount } from "@daybook/shared/format/bytes";
import { Control } from "@daybook/shared/forms/Control";
import { isEditable } from "@daybook/shared/forms/FieldRow";
import type {
  BulkAct,
  BulkReport,
  Cell,
  Chosen,
  EntityView,
  FieldView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { Choice } from "@daybook/shared/kit/Choice";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Modal, type RefSelectProps } from "antd";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { BulkPreview } from "./BulkPreview";

interface Props {
  entity: EntityView;
  chosen: Chosen;
  count: number;
  onDone: () => void;
  onClose: () => void;
}

/** Gives fields of many records a value: what would come of it is told before it is done. */
export function BulkEdit(props: Props) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  return (
    <Modal
      open
      width={620}
      title={t("bulk.editTitle", { count: props.count, shown: formatCount(props.count, locale) })}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
    >
      <KeyLayer>
        <EditForm {...props} />
      </KeyLayer>
    </Modal>
  );
}

interface Setting {
  field: FieldView;
  cell: Cell;
  unread?: string;
  title: string;
}

function EditForm({ entity, ...props }: Props) {
  const { t } = useTranslation();
  const first = useRef<RefSelectProps>(null);
  // At once, and not when the dialog has come to rest: by then the cursor may be in a value that is being typed.
  useEffect(() => first.current?.focus(), []);
  const label = useLabel();
  const [settings, setSettings] = useState<Setting[]>([]);
  // The field that was chosen last has the cursor, once its control is there and the choice is closed.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const name = wanted.current;
    if (name === null) return;
    wanted.current = null;
    const wait = setTimeout(() => document.getElementById(`bulk-${name}`)?.focus(), 0);
    return () => clearTimeout(wait);
  }, [settings.length]);
  const offered = entity.fields.filter(
    (field) => isEditable(field) && !settings.some((known) => known.field === field),
  );
  const change = (name: string, part: Partial<Setting>) =>
    setSettings((before) =>
      before.map((known) => (known.field.name === name ? { ...known, ...part } : known)),
    );
  const ready = settings.length > 0 && settings.every(({ unread }) => unread === undefined);
  const act: BulkAct = {
    act: "set",
    with: settings.map(({ field, cell }) => ({
      field: field.name,
      value: field.kind.type === "bool" ? cell === true : cell,
    })),
  };
  return (
    <div className="bulk">
      {settings.map(({ field, cell, unread, title }) => (
        <div key={field.name} className="bulk-setting">
          <label htmlFor={`bulk-${field.name}`}>{label(field.label)}</label>
          <Control
            id={`bulk-${field.name}`}
            invalid={unread !== undefined}
            required={false}
            field={field}
            cell={cell}
            unread={unread}
            title={title}
            actions={{ name: (_, next) => change(field.name, { title: next }) }}
            onCell={(next) => change(field.name, { cell: next, unread: undefined })}
            onUnread={(text) => change(field.name, { unread: text })}
          />
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t("bulk.without", { field: label(field.label) })}
            onClick={() => setSettings((all) => all.filter((known) => known.field !== field))}
          />
        </div>
      ))}
      <Choice
        ref={first}
        aria-label={t("bulk.field")}
        placeholder={t("bulk.field")}
        value={null}
        options={offered.map((field) => ({ value: field.name, label: label(field.label) }))}
        onChange={(name: string) => {
          const field = fieldOf(entity, name);
          if (!field) return;
          setSettings((all) => [...all, { field, cell: null, title: "" }]);
          wanted.current = name;
        }}
      />
      <Doing entity={entity} {...props} act={ready ? act : null} answer="bulk.change" />
    </div>
  );
}

/** Deletes many records, after a look at what would come of it. */
export function BulkRetire({ entity, count, ...props }: Props) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Modal
      open
      centered
      width={520}
      title={t("bulk.retireTitle", { count, shown: formatCount(count, locale) })}
      footer={null}
      closable={false}
      keyboard={false}
    >
      <KeyLayer>
        <div ref={first} tabIndex={-1} className="bulk">
          <p>{t("bulk.retireHint", { count })}</p>
          <UsedByNote
            of={[entity.name, props.chosen]}
            read={() => call("used_by", { entity: entity.name, chosen: props.chosen })}
          />
          <Doing
            entity={entity}
            count={count}
            {...props}
            act={{ act: "retire" }}
            answer="bulk.retire"
          />
        </div>
      </KeyLayer>
    </Modal>
  );
}

/** Tells what would come of it, and does it. */
function Doing({
  entity,
  chosen,
  act,
  answer,
  onDone,
  onClose,
}: Props & { act: BulkAct | null; answer: "bulk.change" | "bulk.retire" }) {
  const { t } = useTranslation();
  const { language, locale } = useLanguage();
  const { message } = App.useApp();
  const asked = useDeferredValue(act);
  const request = (dry_run: boolean, what: BulkAct) =>
    call("bulk", { entity: entity.name, chosen, act: what, dry_run });
  const { data, error, isFetching } = useQuery({
    queryKey: ["bulk", entity.name, chosen, asked],
    queryFn: () => (asked ? request(true, asked) : Promise.reject(new Error())),
    enabled: asked !== null,
    staleTime: 0,
    gcTime: 0,
  });
  const [done, setDone] = useState<BulkReport | null>(null);
  const run = useMutation({
    mutationFn: (what: BulkAct) => request(false, what),
    onSuccess: (report) => {
      const shown = formatCount(report.changed, locale);
      const said = answer === "bulk.retire" ? "bulk.retired" : "bulk.done";
      void message.success(t(said, { count: report.changed, shown }));
      if (report.refused.length === 0) onDone();
      else setDone(report);
    },
  });
  const meant = JSON.stringify(act);
  const told = act !== null && JSON.stringify(asked) === meant && data !== undefined && !isFetching;
  const ready = told && data.changed > 0;
  // A key that comes before it was told is kept until it is: then there is nothing to be asked, or it is looked at.
  const early = useRef<string | null>(null);
  const go = () => {
    if (done) onDone();
    else if (act && ready && !run.isPending) run.mutate(act);
    else if (act && !told) early.current = meant;
  };
  useEffect(() => {
    if (early.current === null || (early.current === meant && !told)) return;
    const same = early.current === meant;
    early.current = null;
    if (same && ready && data.refused.length === 0) go();
  });
  useKey("save", go);
  useKey("resolve", go);
  useKey("back", done ? onDone : onClose);
  const failure = run.error ?? error;
  const report = done ?? (act === null ? undefined : data);
  return (
    <>
      {report && (
        <BulkPreview
          entity={entity}
          report={report}
          act={answer === "bulk.retire" ? "retire" : "set"}
          isDone={done !== null}
        />
      )}
      {failure && <FailureNote failure={failureOf(failure)} />}
      <footer className="row bulk-foot">
        {done === null && <Button onClick={onClose}>{t("act.cancel")}</Button>}
        <Button
          type="primary"
          danger={answer === "bulk.retire" && done === null}
          loading={run.isPending}
          disabled={done === null && !ready}
          onClick={go}
        >
          {done
            ? t("act.close")
            : t(answer, {
                count: data?.changed ?? 0,
                shown: formatCount(data?.changed ?? 0, locale),
              })}{" "}
          <kbd aria-hidden>{keyText("save", language)}</kbd>
        </Button>
      </footer>
    </>
  );
}
