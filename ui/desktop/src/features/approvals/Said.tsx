import { cellText, isLeftToRight } from "@daybook/shared/format/cell";
import type { Cell, FieldView } from "@daybook/shared/generated/contract";
import { useStyle } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";

/** One side of a proposal: a value, that there is none, or that this person may not read it. */
export function Said({
  field,
  cell,
  titles,
}: {
  field: FieldView;
  cell: Cell | undefined;
  titles: Record<string, string> | undefined;
}) {
  const { t } = useTranslation();
  const style = useStyle();
  if (cell === undefined) return <span className="faint">{t("approvals.hidden")}</span>;
  const text = cellText(cell, field.kind, style, titles);
  if (text === "") return <span className="faint">{t("attention.empty_value")}</span>;
  return isLeftToRight(field.kind) ? <bdi dir="ltr">{text}</bdi> : text;
}
