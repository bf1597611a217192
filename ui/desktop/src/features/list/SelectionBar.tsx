import { CopyOutlined, DeleteOutlined, EditOutlined } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** How many records are marked, and what can be done with all of them. */
export function SelectionBar({
  entity,
  count,
  total,
  isAll,
  onAll,
  onEdit,
  onRetire,
  onCopy,
  onClear,
}: {
  entity: EntityView;
  count: number;
  total: number;
  isAll: boolean;
  onAll: () => void;
  onEdit: () => void;
  onRetire: () => void;
  onCopy: () => void;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  return (
    <div className="selection-bar" role="toolbar" aria-label={t("bulk.bar")}>
      <strong role="status">
        {t("bulk.marked", { count, shown: formatCount(count, locale) })}
      </strong>
      {!isAll && total > count && (
        <KeyTip name="markAll">
          <Button size="small" onClick={onAll}>
            {t("bulk.markAll", { shown: formatCount(total, locale) })}
          </Button>
        </KeyTip>
      )}
      <span className="spread" />
      {entity.may_edit && (
        <KeyTip name="bulk">
          <Button size="small" icon={<EditOutlined aria-hidden />} onClick={onEdit}>
            {t("bulk.edit")}
          </Button>
        </KeyTip>
      )}
      {entity.may_retire && (
        <KeyTip name="bulkRetire">
          <Button size="small" icon={<DeleteOutlined aria-hidden />} onClick={onRetire}>
            {t("record.retire")}
          </Button>
        </KeyTip>
      )}
      <KeyTip name="copy">
        <Button size="small" icon={<CopyOutlined aria-hidden />} onClick={onCopy}>
          {t("bulk.copy")}
        </Button>
      </KeyTip>
      <KeyTip name="back">
        <Button size="small" type="text" onClick={onClear}>
          {t("bulk.clear")}
        </Button>
      </KeyTip>
    </div>
  );
}
