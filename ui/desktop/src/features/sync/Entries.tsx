import { WarningFilled } from "@ant-design/icons";
import { useEntities } from "@daybook/shared/data/queries";
import { formatMoment } from "@daybook/shared/format/date";
import type { OutboxEntry } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";
import { needsPerson, verbOf, verdictOf } from "./verdict";

/** What this device sends: each with its record and its result in words. */
export function Entries({
  title,
  none,
  entries,
  onOpen,
}: {
  title: string;
  none: string;
  entries: OutboxEntry[];
  onOpen: (entity: string, id: string) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const { data: entities } = useEntities();
  const now = new Date();
  return (
    <section className="sync-entries" aria-label={title}>
      <header className="section-head">
        <h2>{title}</h2>
        {entries.length > 0 && <span className="faint">{entries.length}</span>}
      </header>
      {entries.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <table className="sync-table">
          <thead>
            <tr>
              <th scope="col">{t("sync.when")}</th>
              <th scope="col">{t("sync.record")}</th>
              <th scope="col">{t("sync.what")}</th>
              <th scope="col">{t("sync.result")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => {
              const { verdict, count } = verdictOf(entry);
              const entity = entities?.find((known) => known.name === entry.entity);
              return (
                <tr key={entry.op_id}>
                  <td className="sync-when">{formatMoment(entry.occurred_at, locale, now)}</td>
                  <td>
                    {entity && (
                      <button
                        type="button"
                        className="plain link"
                        onClick={() => onOpen(entry.entity, entry.row_id)}
                      >
                        {entry.title}
                      </button>
                    )}
                  </td>
                  <td className="quiet">
                    {entry.entity === "export_note"
                      ? t("sync.exported")
                      : `${entity ? label(entity.label) : ""} ${t(`sync.verbs.${verbOf(entry)}`)}`}
                  </td>
                  <td className={needsPerson(verdict) ? "sync-person" : ""}>
                    {needsPerson(verdict) && <WarningFilled aria-hidden />}{" "}
                    {t(`sync.verdicts.${verdict}`, { count })}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
