import { CloudUploadOutlined, DeleteOutlined, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { RecordView } from "../generated/contract";

/** A record's state by shape and word; nothing where all is well. */
export function StateMark({ record }: { record: RecordView }) {
  const { t } = useTranslation();
  if (record.sync.state === "attention") {
    return (
      <WarningFilled
        className="mark-attention"
        role="img"
        title={t("list.attention")}
        aria-label={t("list.attention")}
      />
    );
  }
  if (record.retired) {
    return (
      <DeleteOutlined
        className="faint"
        role="img"
        title={t("list.retiredMark")}
        aria-label={t("list.retiredMark")}
      />
    );
  }
  if (record.sync.state === "pending") {
    return (
      <CloudUploadOutlined
        className="mark-pending"
        role="img"
        title={t("list.pending")}
        aria-label={t("list.pending")}
      />
    );
  }
  return null;
}
