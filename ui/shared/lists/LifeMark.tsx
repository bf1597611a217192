import { DeleteOutlined, PauseCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { RecordView } from "../generated/contract";

/** Whether the record was deleted or is out of use. */
export function isOut(record: RecordView): boolean {
  return record.retired || record.fields.active === false;
}

/** Says by shape and word that a record was deleted or is out of use; nothing of one in use. */
export function LifeMark({ record }: { record: RecordView }) {
  const { t } = useTranslation();
  if (!isOut(record)) return null;
  const Sign = record.retired ? DeleteOutlined : PauseCircleOutlined;
  return (
    <span className="life-mark">
      <Sign aria-hidden /> {record.retired ? t("list.retiredMark") : t("list.inactiveMark")}
    </span>
  );
}
