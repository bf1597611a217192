import { CloudUploadOutlined, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { RecordView } from "../generated/contract";

/** How a record stands with the sync, by shape and word; nothing where all is well. */
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
