import { formatCount } from "@daybook/shared/format/bytes";
import type { ImportReport } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** So many are shown at first: a browser draws no ten thousand rows at once. */
const SHOWN = 200;

/** What is wrong in the file by line and column, and what was read otherwise than it stands. */
export function Findings({ report }: { report: ImportReport }) {
  const { t } = useTranslation();
  const { language, locale } = useLanguage();
  const [shown, setShown] = useState(SHOWN);
  const problems = report.problems.slice(0, shown);
  const more = report.problems.length - problems.length;
  return (
    <>
      {problems.length > 0 && (
        <table className="import-table" aria-label={t("import.problems")}>
          <thead>
            <tr>
              <th scope="col">{t("import.line")}</th>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.problem")}</th>
            </tr>
          </thead>
          <tbody>
            {problems.map((problem, at) => (
              <tr key={`${problem.line} ${problem.column} ${problem.field} ${problem.rule} ${at}`}>
                <td className="import-line">{formatCount(problem.line, locale)}</td>
                <td>{problem.column ?? problem.field}</td>
                <td>{problemText(problem, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && (
        <Button type="link" onClick={() => setShown(shown + SHOWN * 5)}>
          {t("import.more", { shown: formatCount(more, locale) })}
        </Button>
      )}
      {report.notes.length > 0 && (
        <section>
          <h2>{t("import.notes")}</h2>
          <ul className="import-notes">
            {report.notes.map((note) => (
              <li key={`${note.line} ${note.column} ${note.message}`}>
                {t("import.note", { line: formatCount(note.line, locale), text: note.message })}
                {note.count > 1 && (
                  <span className="quiet"> × {formatCount(note.count, locale)}</span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
