import { parsePath, pathLabel } from "@daybook/shared/entity/fields";
import { useForm } from "@daybook/shared/forms/form";
import type { EntityView, Failure, Problem } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTranslation } from "react-i18next";

/** What is to be said about the record as a whole: below the form, where it moves no field. */
export function RecordNotes({
  entity,
  failure,
  elsewhere,
  moved,
  warnings,
  clashes,
}: {
  entity: EntityView;
  failure: Failure | null;
  elsewhere: Problem[];
  moved: string[];
  warnings: Problem[];
  clashes: number;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { problems } = useForm();
  const all = [...Object.values(problems).flat(), ...elsewhere];
  const names = [...new Set(moved.map((path) => pathLabel(entity, path, label)))];
  const nameOf = (problem: Problem) =>
    parsePath(problem.field).field || problem.field
      ? `${pathLabel(entity, problem.field, label)}: `
      : "";
  return (
    <div className="record-notes">
      {failure && failure.problems.length === 0 && <FailureNote failure={failure} />}
      {all.length > 0 && (
        <div className="record-note bad" role="alert">
          <strong>{t("record.problems", { count: all.length })}</strong>
          <ul>
            {all.map((problem) => (
              <li key={`${problem.field} ${problem.rule}`}>
                {nameOf(problem)}
                {problemText(problem, language)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {clashes > 0 && (
        <p className="record-note warn" role="alert">
          {t("record.clashes", { count: clashes })}
        </p>
      )}
      {names.length > 0 && (
        <p className="record-note" role="status">
          {t("record.moved", { fields: names.join(", ") })}
        </p>
      )}
      {warnings.length > 0 && (
        <div className="record-note warn" role="status">
          <strong>{t("record.savedWarned")}</strong>
          <ul>
            {warnings.map((problem) => (
              <li key={`${problem.field} ${problem.rule}`}>
                {nameOf(problem)}
                {problemText(problem, language)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
