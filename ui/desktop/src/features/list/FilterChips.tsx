import { CloseOutlined } from "@ant-design/icons";
import { fieldOf } from "@daybook/shared/entity/fields";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useStyle } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";
import { filterValueText, type ShownFilter } from "./filters";

/** What the list is narrowed to; a click takes one away. */
export function FilterChips({
  entity,
  filters,
  onRemove,
}: {
  entity: EntityView;
  filters: ShownFilter[];
  onRemove: (filter: ShownFilter) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  return filters.map((filter) => {
    const field = fieldOf(entity, filter.field);
    if (!field) return null;
    const relation = filter.contains ? t("list.contains") : t("list.is");
    const value = filterValueText(filter, field, style);
    const text = `${label(field.label)} ${relation} ${value}`;
    return (
      <button
        key={`${filter.field}=${filter.value}`}
        type="button"
        className="plain chip"
        aria-label={t("list.removeFilter", { filter: text })}
        onClick={() => onRemove(filter)}
      >
        <span className="quiet">
          {label(field.label)} {relation}
        </span>{" "}
        {value} <CloseOutlined aria-hidden />
      </button>
    );
  });
}
