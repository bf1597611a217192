import { ArrowLeftOutlined, CheckOutlined, DownOutlined, UpOutlined } from "@ant-design/icons";
import { fieldOf } from "@daybook/shared/entity/fields";
import { cellText } from "@daybook/shared/format/cell";
import { formatInstant } from "@daybook/shared/format/date";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage, useStyle } from "@daybook/shared/i18n/language";
import { keyText } from "@daybook/shared/keys/keymap";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { LifeMark } from "@daybook/shared/lists/LifeMark";
import { StateMark } from "@daybook/shared/lists/StateMark";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** Which record this is, how it stands, and what may be done with it. */
export function RecordHead({
  entity,
  record,
  title,
  editing,
  mayEdit,
  saving,
  wasSaved,
  history,
  onHistory,
  onEdit,
  onSave,
  onCancel,
  onRetire,
  onBringBack,
  onBack,
  onDuplicate,
  onStep,
}: {
  entity: EntityView;
  record: RecordView | null;
  title: string;
  editing: boolean;
  mayEdit: boolean;
  saving: boolean;
  wasSaved: boolean;
  /** Whether the history is shown. */
  history: boolean;
  onHistory: () => void;
  onEdit: () => void;
  onSave: () => void;
  onCancel: () => void;
  onRetire: () => void;
  /** Takes the deletion back; absent where there is none, or the person may not. */
  onBringBack: (() => void) | undefined;
  onBack: () => void;
  onDuplicate: (() => void) | undefined;
  onStep: ((by: 1 | -1) => void) | undefined;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const style = useStyle();
  const field = fieldOf(entity, entity.key);
  const key = record && field ? cellText(record.fields[field.name], field.kind, style) : "";
  /** When and, where the name is known, by whom. */
  const said = (deed: "made" | "changed", at: string, by: string) => {
    const [date, name] = [formatInstant(at, locale), record?.titles?.[by]];
    return name ? t(`record.${deed}By`, { date, name }) : t(`record.${deed}`, { date });
  };
  const changed = record ? said("changed", record.updated_at, record.updated_by) : "";
  const made = record ? said("made", record.created_at, record.created_by) : "";
  const state = record?.sync.state === "pending" ? t("record.pending") : t("record.attention");
  // In an edit Esc goes back to the record, not to the list.
  const isEdit = editing && record !== null;
  const back = (
    <Button
      type="text"
      icon={<ArrowLeftOutlined className="mirrored" aria-hidden />}
      aria-label={`${label(entity.plural)}: ${t("record.back")}`}
      onClick={onBack}
    >
      {label(entity.plural)}
    </Button>
  );
  return (
    <header className="record-head">
      {isEdit ? back : <KeyTip name="back">{back}</KeyTip>}
      {onStep && (
        <>
          <KeyTip name="previousRecord">
            <Button
              type="text"
              icon={<UpOutlined aria-hidden />}
              aria-label={t("record.previousRecord")}
              onClick={() => onStep(-1)}
            />
          </KeyTip>
          <KeyTip name="nextRecord">
            <Button
              type="text"
              icon={<DownOutlined aria-hidden />}
              aria-label={t("record.nextRecord")}
              onClick={() => onStep(1)}
            />
          </KeyTip>
        </>
      )}
      <h1>{title}</h1>
      {key && key !== title && <span className="record-key">{key}</span>}
      {record && <LifeMark record={record} />}
      {record && record.sync.state !== "clean" && (
        <span className="record-state" title={state}>
          <StateMark record={record} />
          <span className="record-words">{state}</span>
        </span>
      )}
      {wasSaved && (
        <span className="record-saved" role="status">
          <CheckOutlined aria-hidden /> {t("record.saved")}
        </span>
      )}
      <span className="spread" />
      {record && !editing && (
        <span className="faint record-changed" title={`${changed}\n${made}`}>
          {changed}
        </span>
      )}
      {record && !editing && (
        <KeyTip name="history">
          <Button aria-pressed={history} onClick={onHistory}>
            {t("history.show")}
          </Button>
        </KeyTip>
      )}
      {onDuplicate && (
        <KeyTip name="duplicate">
          <Button onClick={onDuplicate}>{t("record.duplicate")}</Button>
        </KeyTip>
      )}
      {!editing && mayEdit && entity.may_retire && (
        <KeyTip name="retire">
          <Button onClick={onRetire}>{t("record.retire")}</Button>
        </KeyTip>
      )}
      {!editing && mayEdit && (
        <KeyTip name="edit">
          <Button type="primary" onClick={onEdit}>
            {t("record.edit")}
          </Button>
        </KeyTip>
      )}
      {onBringBack && (
        <KeyTip name="bringBack">
          <Button type="primary" onClick={onBringBack}>
            {t("record.bringBack")}
          </Button>
        </KeyTip>
      )}
      {isEdit && (
        <KeyTip name="back">
          <Button onClick={onCancel}>{t("act.cancel")}</Button>
        </KeyTip>
      )}
      {editing && (
        <Button type="primary" loading={saving} onClick={onSave}>
          {t("record.save")} <kbd aria-hidden>{keyText("save", language)}</kbd>
        </Button>
      )}
    </header>
  );
}
