import { CloseOutlined } from "@ant-design/icons";
import { useRecord } from "../data/queries";
import { fieldOf } from "../entity/fields";
import type { EntityView, FieldView } from "../generated/contract";
import { useLabel, useStyle } from "../i18n/language";
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
  return filters.map((filter, at) => {
    const field = fieldOf(entity, filter.field);
    if (!field) return null;
    // Of several values of one field one is enough.
    const isOther =
      filter.relation === "is" &&
      filters
        .slice(0, at)
        .some(({ field, relation }) => field === filter.field && relation === "is");
    return (
      <Chip
        key={`${filter.field} ${filter.relation} ${filter.value}`}
        field={field}
        filter={filter}
        isOther={isOther}
        onRemove={() => onRemove(filter)}
      />
    );
  });
}

function Chip({
  field,
  filter,
  isOther,
  onRemove,
}: {
  field: FieldView;
  filter: ShownFilter;
  isOther: boolean;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  const { kind } = field;
  const isNameless = kind.type === "reference" && filter.shown === "" && filter.value !== "";
  const { data } = useRecord(
    kind.type === "reference" ? kind.entity : "",
    isNameless ? filter.value : null,
  );
  const value = isNameless ? (data?.title ?? "…") : filterValueText(filter, field, style);
  const relation = t(isOther ? "list.or" : `list.relations.${filter.relation}`);
  const text = `${label(field.label)} ${relation} ${value}`.trim();
  return (
    <button
      type="button"
      className="plain chip"
      aria-label={t("list.removeFilter", { filter: text })}
      onClick={onRemove}
    >
      <span className="quiet">
        {label(field.label)} {relation}
      </span>{" "}
      {value} <CloseOutlined aria-hidden />
    </button>
  );
}
