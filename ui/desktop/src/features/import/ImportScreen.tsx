import { formatInstant } from "@daybook/shared/format/date";
import { formatCount } from "@daybook/shared/format/bytes";
import type { EntityView, ImportReport, ImportUndone } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { Ask } from "@daybook/shared/kit/Ask";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { failureOf } from "@daybook/shared/platform/call";
import { Button, Progress } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Findings } from "./Findings";
import { Mapping } from "./Mapping";
import { Recognised } from "./Recognised";
import { useImport } from "./useImport";
import "./import.css";

/** A file of records: what it was taken for, where its columns go, what is wrong in it, and what came of it. */
export function ImportScreen({ entity, onBack }: { entity: EntityView; onBack: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const work = useImport(entity);
  const plural = label(entity.plural);
  useTitle(t("import.title", { plural }));
  const busy = work.preview.isPending || work.run.isPending || work.undo.isPending;
  useKey("back", onBack, !work.run.isPending && asked === null);

  const done = work.run.data;
  const report = done ?? work.preview.data;
  const count = (number: number) => formatCount(number, locale);
  const writes = report ? report.counts.new + report.counts.changed : 0;
  const unmapped = report?.columns.some(({ target }) => target === null) ?? true;
  const failure = work.run.error ?? work.preview.error ?? work.undo.error;
  return (
    <div className="import">
      <header className="import-bar">
        <h1>{t("import.title", { plural })}</h1>
        {work.file && <span className="quiet">{work.file.name}</span>}
        <span className="spread" />
        <input
          ref={input}
          type="file"
          className="import-input"
          aria-label={t("import.file")}
          accept=".csv,.tsv,.txt,.xlsx,.xlsm,.jsonl,.ndjson"
          tabIndex={-1}
          onChange={(event) => {
            const picked = event.target.files?.[0];
            event.target.value = "";
            if (picked) void work.choose(picked);
          }}
        />
        <Button
          autoFocus
          type={work.file ? "default" : "primary"}
          disabled={busy}
          onClick={() => input.current?.click()}
        >
          {work.file ? t("import.other") : t("import.choose")}
        </Button>
        {report && !done && (
          <Button type="primary" disabled={busy || unmapped || writes === 0} onClick={work.start}>
            {t("import.start", { shown: count(writes), count: writes })}
          </Button>
        )}
        {work.run.isPending && <Button onClick={work.cancel}>{t("act.cancel")}</Button>}
        <Button onClick={onBack} disabled={work.run.isPending}>
          {t("act.back")}
        </Button>
      </header>
      <div className="import-body">
        {work.progress && (
          <div role="status" className="import-progress">
            <span>{t(`import.stage.${work.progress.stage}`)}</span>
            <Progress
              percent={Math.floor((100 * work.progress.done) / Math.max(1, work.progress.total))}
              showInfo={false}
              aria-label={t(`import.stage.${work.progress.stage}`)}
            />
            <span className="quiet">
              {t("import.of", {
                done: count(work.progress.done),
                total: count(work.progress.total),
              })}
            </span>
          </div>
        )}
        {failure && <FailureNote failure={failureOf(failure)} />}
        {report && <Outcome report={report} />}
        {done?.batch && !work.undo.data && (
          <p>
            <Button onClick={() => setAsked(done.batch)} disabled={busy}>
              {t("import.undo")}
            </Button>
          </p>
        )}
        {work.undo.data && <Undone undone={work.undo.data} />}
        {report && !done && (
          <>
            <Recognised form={report.form} options={work.options} onChange={work.change} />
            <Mapping
              entity={entity}
              columns={report.columns}
              disabled={busy}
              onMap={(column, path) =>
                work.change({ mapping: { ...work.options.mapping, [column]: path } })
              }
            />
          </>
        )}
        {report && <Findings report={report} />}
        {!report && !busy && (
          <Blank title={t("import.none")} hint={t("import.noneHint", { plural })} />
        )}
        {work.batches.length > 0 && !report && (
          <section>
            <h2>{t("import.before")}</h2>
            <ul className="import-batches">
              {work.batches.map((batch) => (
                <li key={batch.id}>
                  <span>{batch.file}</span>
                  <span className="quiet">{formatInstant(batch.at, locale)}</span>
                  <span className="quiet">
                    {t("import.batch", { made: count(batch.new), changed: count(batch.changed) })}
                  </span>
                  {batch.undone ? (
                    <span className="quiet">{t("import.undone")}</span>
                  ) : (
                    <Button size="small" disabled={busy} onClick={() => setAsked(batch.id)}>
                      {t("import.undo")}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      {asked !== null && (
        <Ask
          title={t("import.undoTitle")}
          answer={t("import.undo")}
          losesWork
          onAnswer={() => {
            work.undo.mutate(asked);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        >
          {t("import.undoText")}
        </Ask>
      )}
    </div>
  );
}

function Outcome({ report }: { report: ImportReport }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { counts } = report;
  const words = (["new", "changed", "unchanged", "refused"] as const).map((name) => (
    <span key={name} className={name === "refused" && counts.refused > 0 ? "import-refused" : ""}>
      <strong>{formatCount(counts[name], locale)}</strong> {t(`import.counts.${name}`)}
    </span>
  ));
  const lead = report.dry_run ? "planned" : report.cancelled ? "cancelled" : "done";
  return (
    <p role="status" className="import-outcome">
      <span>{t(`import.${lead}`)}</span>
      {words}
    </p>
  );
}

function Undone({ undone }: { undone: ImportUndone }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  return (
    <div role="status">
      <p>
        {t("import.undoneWords", {
          retired: formatCount(undone.retired, locale),
          restored: formatCount(undone.restored, locale),
        })}
      </p>
      {undone.left.length > 0 && (
        <>
          <p>{t("import.left")}</p>
          <ul>
            {undone.left.map(({ id, title }) => (
              <li key={id}>{title}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
