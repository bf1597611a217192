import type { EntityView, ImportColumn } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { placesOf, withChosen } from "./targets";

/** Where each column goes; what has no place yet is marked until it has one, or is left out. */
export function Mapping({
  entity,
  columns,
  disabled,
  onMap,
}: {
  entity: EntityView;
  columns: ImportColumn[];
  disabled: boolean;
  onMap: (column: string, path: string) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const places = useMemo(
    () =>
      placesOf(entity, label, {
        ignore: t("import.ignore"),
        externalId: t("import.externalId"),
        id: t("import.id"),
      }),
    [entity, label, t],
  );
  return (
    <table className="import-table" aria-label={t("import.columns")}>
      <thead>
        <tr>
          <th scope="col">{t("import.column")}</th>
          <th scope="col">{t("import.samples")}</th>
          <th scope="col">{t("import.target")}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ column, target, by, samples }) => (
          <tr key={column}>
            <th scope="row">{column}</th>
            <td className="quiet">{samples.join(" · ")}</td>
            <td>
              <Select
                aria-label={t("import.targetOf", { column })}
                className="import-target"
                size="small"
                showSearch={{ optionFilterProp: "label" }}
                status={target === null ? "error" : ""}
                placeholder={t("import.unmapped")}
                disabled={disabled}
                value={target}
                options={withChosen(places, target)}
                onChange={(path: string) => onMap(column, path)}
              />
              {by && <span className="quiet"> {t(`import.by.${by}`)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
