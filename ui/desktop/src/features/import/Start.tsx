import { InboxOutlined } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import { formatInstant } from "@daybook/shared/format/date";
import type { ImportBatch } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** Before a file is chosen: what will happen, and what was imported before. */
export function Start({ plural, onPick }: { plural: string; onPick: () => void }) {
  const { t } = useTranslation();
  return (
    <section className="import-start" aria-label={t("import.none")}>
      <InboxOutlined aria-hidden className="import-start-sign" />
      <h2>{t("import.dropHere")}</h2>
      <Button autoFocus type="primary" onClick={onPick}>
        {t("import.choose")}
      </Button>
      <p className="quiet">{t("import.kinds")}</p>
      <ol className="import-steps">
        <li>{t("import.step.read", { plural })}</li>
        <li>{t("import.step.check")}</li>
        <li>{t("import.step.write")}</li>
      </ol>
    </section>
  );
}

export function Earlier({
  batches,
  disabled,
  onUndo,
}: {
  batches: ImportBatch[];
  disabled: boolean;
  onUndo: (batch: ImportBatch) => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  if (batches.length === 0) return null;
  return (
    <section className="import-earlier">
      <h2>{t("import.before")}</h2>
      <table className="import-table" aria-label={t("import.before")}>
        <thead>
          <tr>
            <th scope="col">{t("import.fileName")}</th>
            <th scope="col">{t("import.when")}</th>
            <th scope="col" className="figure">
              {t("import.counts.new")}
            </th>
            <th scope="col" className="figure">
              {t("import.counts.changed")}
            </th>
            <th scope="col" aria-label={t("import.undo")} />
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <tr key={batch.id}>
              <th scope="row">{batch.file}</th>
              <td>{formatInstant(batch.at, locale)}</td>
              <td className="figure">{formatCount(batch.new, locale)}</td>
              <td className="figure">{formatCount(batch.changed, locale)}</td>
              <td className="import-act">
                {batch.undone ? (
                  <span className="quiet">{t("import.undone")}</span>
                ) : (
                  <Button size="small" disabled={disabled} onClick={() => onUndo(batch)}>
                    {t("import.undo")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
