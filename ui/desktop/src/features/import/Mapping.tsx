import type { EntityView, ImportColumn } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { Choice } from "@daybook/shared/kit/Choice";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { placesOf, placeText, withChosen } from "./targets";

/** Marks the columns that have no place yet. */
const UNMAPPED = "import-unmapped";

/** Puts the cursor into the first column that has no place yet. */
export function leadToUnmapped(): void {
  const select = document.querySelector<HTMLElement>(`.${UNMAPPED} input`);
  select?.scrollIntoView({ block: "center" });
  select?.focus({ preventScroll: true });
}

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
  const known = columns.some(({ by }) => by === "remembered");
  return (
    <section>
      <h2>{t("import.columns")}</h2>
      {known && <p className="quiet">{t("import.remembered")}</p>}
      <table className="import-table import-mapping" aria-label={t("import.columns")}>
        <thead>
          <tr>
            <th scope="col">{t("import.column")}</th>
            <th scope="col">{t("import.target")}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ column, target, by, samples }) => (
            <tr key={column} className={target === "ignore" ? "import-left-out" : ""}>
              <th scope="row">
                {column}
                <div className="import-samples faint">{samples.join(" · ")}</div>
              </th>
              <td>
                <Choice
                  aria-label={t("import.targetOf", { column })}
                  className={target === null ? `import-target ${UNMAPPED}` : "import-target"}
                  size="small"
                  status={target === null ? "error" : ""}
                  placeholder={t("import.unmapped")}
                  disabled={disabled}
                  value={target}
                  options={withChosen(
                    places,
                    target,
                    target?.startsWith("not ")
                      ? t("import.reversed", { field: placeText(entity, label, target) })
                      : placeText(entity, label, target ?? ""),
                  )}
                  onChange={(path: string) => onMap(column, path)}
                />
                {by && <div className="import-by faint">{t(`import.by.${by}`)}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
