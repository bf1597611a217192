import { formatCount } from "@daybook/shared/format/bytes";
import type { ImportNote, ImportReport } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { doublesOf, gathered, ranges } from "./findings";
import type { Said } from "./useSaid";

/** So many are shown at first: a browser draws no ten thousand rows at once. */
const SHOWN = 100;

/** So many places of one fault are written out at first. */
const PLACES = 12;

/** What is wrong in the file by line and column, what may be there already, what was read otherwise. */
export function Findings({
  report,
  said,
  onOpen,
}: {
  report: ImportReport;
  said: Said;
  onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  const doubles = report.notes.filter(({ rule }) => rule === "duplicate");
  const others = report.notes.filter(({ rule }) => rule !== "duplicate");
  return (
    <div className="import-findings">
      {report.problems.length > 0 && <Problems report={report} said={said} />}
      {doubles.length > 0 && <Doubles notes={doubles} said={said} onOpen={onOpen} />}
      <Notes title={t("import.notes")} notes={others} said={said} />
    </div>
  );
}

function Problems({ report, said }: { report: ImportReport; said: Said }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(SHOWN);
  const findings = useMemo(() => gathered(report.problems), [report.problems]);
  return (
    <section>
      <h2>{t("import.problems")}</h2>
      <table className="import-table" aria-label={t("import.problems")}>
        <thead>
          <tr>
            <th scope="col">{t("import.line")}</th>
            <th scope="col">{t("import.column")}</th>
            <th scope="col">{t("import.cell")}</th>
            <th scope="col">{t("import.problem")}</th>
          </tr>
        </thead>
        <tbody>
          {findings.slice(0, shown).map(({ problem, lines }) => (
            <tr key={`${lines[0]} ${problem.column} ${problem.field} ${problem.rule}`}>
              <td className="import-line">
                <Lines lines={lines} />
              </td>
              <td className="import-name">{said.where(problem)}</td>
              <td className="import-cell">{problem.value}</td>
              <td>{said.problem(problem)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More left={findings.length - shown} onMore={() => setShown(shown + SHOWN * 5)} />
    </section>
  );
}

function Lines({ lines }: { lines: number[] }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const [all, setAll] = useState(false);
  const found = useMemo(() => ranges(lines), [lines]);
  const written = (all ? found : found.slice(0, PLACES)).map(([first, last]) =>
    first === last ? String(first) : `${first}–${last}`,
  );
  const more = found.length - written.length;
  return (
    <>
      {written.join(", ")}
      {more > 0 && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("import.more", { shown: formatCount(more, locale) })}
        </Button>
      )}
      {lines.length > 2 && (
        <div className="faint">
          {t("import.lines", { shown: formatCount(lines.length, locale), count: lines.length })}
        </div>
      )}
    </>
  );
}

/** A line for each row of the file that is like a record, which can be opened where it is here. */
function Doubles({
  notes,
  said,
  onOpen,
}: {
  notes: ImportNote[];
  said: Said;
  onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const [shown, setShown] = useState(SHOWN);
  const doubles = useMemo(() => doublesOf(notes), [notes]);
  return (
    <section>
      <h2>
        {t("import.doubles")} <span className="faint">{formatCount(doubles.length, locale)}</span>
      </h2>
      <p className="quiet">{t("import.doublesHint")}</p>
      <ul className="import-notes" aria-label={t("import.doubles")}>
        {doubles.slice(0, shown).map((double) => {
          const name = [double.title || t("import.noTitle"), double.key]
            .filter(Boolean)
            .join(" · ");
          return (
            <li key={`${double.line} ${double.id} ${name}`}>
              <span className="import-line quiet">
                {t("import.atLine", { line: String(double.line) })}
              </span>
              <span>
                {double.id === "" ? (
                  <span className="import-name">{name}</span>
                ) : (
                  <Button
                    type="link"
                    size="small"
                    className="import-open"
                    onClick={() => onOpen(double.id)}
                  >
                    {name}
                  </Button>
                )}{" "}
                <span className="quiet">
                  {t("import.same", { what: said.agreeing(double.fields) })}
                </span>
                {double.count > 1 && (
                  <span className="faint"> × {formatCount(double.count, locale)}</span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      <More left={doubles.length - shown} onMore={() => setShown(shown + SHOWN * 5)} />
    </section>
  );
}

function Notes({ title, notes, said }: { title: string; notes: ImportNote[]; said: Said }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const [shown, setShown] = useState(SHOWN);
  if (notes.length === 0) return null;
  return (
    <section>
      <h2>
        {title} <span className="faint">{formatCount(notes.length, locale)}</span>
      </h2>
      <ul className="import-notes" aria-label={title}>
        {notes.slice(0, shown).map((note) => (
          <li key={`${note.line} ${note.column} ${note.message}`}>
            <span className="import-line quiet">
              {note.line > 1 ? t("import.atLine", { line: String(note.line) }) : t("import.whole")}
            </span>
            <span>
              {note.column && <span className="import-name">{note.column}: </span>}
              {said.note(note)}
              {note.count > 1 && (
                <span className="faint"> × {formatCount(note.count, locale)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <More left={notes.length - shown} onMore={() => setShown(shown + SHOWN * 5)} />
    </section>
  );
}

/** The way to what is not shown yet, where there is any. */
function More({ left, onMore }: { left: number; onMore: () => void }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  if (left <= 0) return null;
  return (
    <Button type="link" onClick={onMore}>
      {t("import.more", { shown: formatCount(left, locale) })}
    </Button>
  );
}
