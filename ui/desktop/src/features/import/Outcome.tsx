import { CheckCircleFilled, WarningFilled } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import type {
  ImportProgress,
  ImportReport,
  ImportUndone,
} from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";

const COUNTS = ["new", "changed", "unchanged", "refused"] as const;

/** How many records come of a file, or have come of it, and what of it waits for a second person. */
export function Outcome({
  report,
  onApprovals,
}: {
  report: ImportReport;
  onApprovals: () => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { counts } = report;
  const lead = report.dry_run
    ? report.cancelled
      ? "unchecked"
      : "planned"
    : report.cancelled
      ? "cancelled"
      : "done";
  const isWhole = lead === "done";
  const awaiting = report.awaiting_approval;
  return (
    <div role="status" className="import-outcome">
      <p className={isWhole ? "import-lead import-good" : "import-lead"}>
        {isWhole && <CheckCircleFilled aria-hidden />} {t(`import.${lead}`)}
      </p>
      <ul className="import-counts">
        {COUNTS.map((name) => (
          <li
            key={name}
            className={name === "refused" && counts.refused > 0 ? "import-refused" : ""}
          >
            <strong>{formatCount(counts[name], locale)}</strong>{" "}
            {name === "refused" && counts.refused > 0 && <WarningFilled aria-hidden />}{" "}
            {t(`import.counts.${name}`)}
          </li>
        ))}
      </ul>
      {awaiting > 0 && (
        <p className="import-awaiting">
          {t(report.dry_run ? "import.awaitingPlanned" : "import.awaiting", {
            count: awaiting,
            shown: formatCount(awaiting, locale),
          })}
          {!report.dry_run && (
            <Button type="link" size="small" onClick={onApprovals}>
              {t("approvals.show")}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

/** How far it is, and how it is stopped. */
export function Running({
  doing,
  progress,
  onCancel,
}: {
  doing: "looking" | "writing" | "undoing";
  progress: ImportProgress | null;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { stage, done, total } = progress ?? { stage: "reading" as const, done: 0, total: 0 };
  const words = t(`import.stage.${stage}`);
  return (
    <div className="import-running">
      <span role="status">{words}</span>
      <Progress
        percent={Math.floor((100 * done) / Math.max(1, total))}
        showInfo={false}
        aria-label={words}
      />
      <span className="quiet">
        {total > 1 &&
          t("import.of", { done: formatCount(done, locale), total: formatCount(total, locale) })}
      </span>
      <Button onClick={onCancel}>{t("act.cancel")}</Button>
      {doing !== "looking" && <p className="quiet">{t("import.goOn")}</p>}
    </div>
  );
}

/** What was taken back, and what stays as it is and why. */
export function Undone({ undone, onOpen }: { undone: ImportUndone; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const why = (rule: string) => {
    const known = (["gone", "changed_since", "approved_since", "not_readable"] as const).find(
      (name) => name === rule,
    );
    return t(`import.leftWhy.${known ?? "refused"}`);
  };
  return (
    <div role="status" className="import-undone">
      <p className="import-lead">
        {t(undone.cancelled ? "import.undoneSoFar" : "import.undoneWords", {
          retired: formatCount(undone.retired, locale),
          restored: formatCount(undone.restored, locale),
        })}
      </p>
      {(["withdrawn", "proposedAnew"] as const).map((what) => {
        const count = what === "withdrawn" ? undone.withdrawn : undone.proposed_anew;
        const shown = formatCount(count, locale);
        return count > 0 && <p key={what}>{t(`import.${what}`, { count, shown })}</p>;
      })}
      {undone.left.length > 0 && (
        <>
          <p>
            <WarningFilled aria-hidden /> {t("import.left", { count: undone.left.length })}
          </p>
          <ul className="import-notes" aria-label={t("import.leftList")}>
            {undone.left.map(({ id, title, rule }) => (
              <li key={id}>
                {rule === "gone" || title === "" ? (
                  <span>{title || t("import.noTitle")}</span>
                ) : (
                  <Button type="link" size="small" onClick={() => onOpen(id)}>
                    {title}
                  </Button>
                )}
                <span className="quiet">{why(rule)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
