import { pathLabel } from "@daybook/shared/entity/fields";
import { formatCount } from "@daybook/shared/format/bytes";
import type { BulkReport, EntityView, RefusedRecord } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { useTranslation } from "react-i18next";

/** So many refusals are listed; how many there are is said. */
const LISTED = 50;

/** What comes, or came, of a change of many records: how many, and each refusal. */
export function BulkPreview({
  entity,
  report,
  act,
  isDone,
}: {
  entity: EntityView;
  report: BulkReport;
  act: "set" | "retire";
  isDone: boolean;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const said = (name: "changed" | "retired" | "same" | "refused", count: number) =>
    t(`bulk.${isDone ? "did" : "would"}.${name}`, { count, shown: formatCount(count, locale) });
  const refused = report.refused.length;
  return (
    <section className="bulk-preview" aria-label={t("bulk.preview")} role="status">
      <p>{said(act === "retire" ? "retired" : "changed", report.changed)}</p>
      {report.same > 0 && <p className="quiet">{said("same", report.same)}</p>}
      {refused > 0 && (
        <>
          <p className="field-fault">{said("refused", refused)}</p>
          <ul>
            {report.refused.slice(0, LISTED).map((record) => (
              <li key={record.id}>
                <strong>{[record.key, record.title].filter(Boolean).join(" · ")}</strong>{" "}
                <Why entity={entity} record={record} />
              </li>
            ))}
          </ul>
          {refused > LISTED && (
            <p className="quiet">
              {t("bulk.more", { shown: formatCount(refused - LISTED, locale) })}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Why({ entity, record }: { entity: EntityView; record: RefusedRecord }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { code, problems } = record.failure;
  if (problems.length === 0) return <>{t(`fail.${code}`)}</>;
  return (
    <>
      {problems
        .map(
          (problem) =>
            `${pathLabel(entity, problem.field, label)}: ${problemText(problem, language)}`,
        )
        .join("; ")}
    </>
  );
}
