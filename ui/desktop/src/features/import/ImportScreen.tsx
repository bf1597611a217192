import { UsedByNote } from "@daybook/shared/entity/UsedByNote";
import { formatCount } from "@daybook/shared/format/bytes";
import type { EntityView, ImportReport } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { useTitle } from "@daybook/shared/kit/title";
import { call } from "@daybook/shared/platform/call";
import { useDropped } from "@daybook/shared/platform/useDropped";
import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Findings } from "./Findings";
import { ForAll } from "./ForAll";
import { nameOf } from "./file";
import { leadToUnmapped, Mapping } from "./Mapping";
import { Outcome, Running, Undone } from "./Outcome";
import { Recognised, Rules } from "./Recognised";
import { Earlier, Start } from "./Start";
import { type Importing, useImport } from "./useImport";
import { type Said, useSaid } from "./useSaid";
import "./import.css";

/** A file of records: what it was taken for, where its columns go, what is wrong in it, and what came of it. */
export function ImportScreen({
  entity,
  onBack,
  onOpen,
  onApprovals,
}: {
  entity: EntityView;
  onBack: () => void;
  onOpen: (id: string) => void;
  onApprovals: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState<{ id: string; file: string } | null>(null);
  const [many, setMany] = useState(false);
  const work = useImport(entity);
  const said = useSaid(entity);
  const plural = label(entity.plural);
  const { file, report, done, doing, undone } = work;
  const busy = doing !== null;
  useTitle(t("import.title", { plural }));

  const leave = () => {
    // What has ended is told once; what is not imported yet waits here.
    if (!busy && (done || undone)) work.clear();
    onBack();
  };
  const pick = () => input.current?.click();
  const take = (start: () => Promise<void>, isOne = true) => {
    setMany(!isOne);
    void start();
  };
  const isOver = useDropped(box, !busy && asked === null, (paths) => {
    const [path] = paths;
    if (path !== undefined) take(() => work.drop(path), paths.length === 1);
  });
  useKey("back", leave, asked === null);

  return (
    <div ref={box} className={isOver ? "import import-over" : "import"}>
      <header className="import-bar">
        <h1>{t("import.title", { plural })}</h1>
        {file && <span className="quiet import-file">{nameOf(file)}</span>}
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
            if (picked) take(() => work.choose(picked));
            event.target.value = "";
          }}
        />
        {file && (
          <Button disabled={busy} onClick={pick}>
            {t("import.other")}
          </Button>
        )}
        <Button onClick={leave}>{t("act.back")}</Button>
      </header>
      <div className="import-body">
        {many && <p role="alert">{t("import.oneFile")}</p>}
        {work.failure && <FailureNote failure={work.failure} />}
        {undone && <Undone undone={undone} onOpen={onOpen} />}
        {doing && <Running doing={doing} progress={work.progress} onCancel={work.cancel} />}
        {report && !undone && (
          <div className="import-head">
            <Outcome report={report} onApprovals={onApprovals} />
            {done ? (
              <div className="row">
                <Button autoFocus type="primary" onClick={leave}>
                  {t("import.see", { plural })}
                </Button>
                {done.batch && file && (
                  <Button
                    disabled={busy}
                    onClick={() => done.batch && setAsked({ id: done.batch, file: nameOf(file) })}
                  >
                    {t("import.undo")}
                  </Button>
                )}
              </div>
            ) : (
              <Go report={report} work={work} active={asked === null} />
            )}
          </div>
        )}
        {report && !done && (
          <Check entity={entity} report={report} work={work} said={said} onOpen={onOpen} />
        )}
        {done && !undone && <Findings report={done} said={said} onOpen={onOpen} />}
        {!file && !undone && <Start plural={plural} onPick={pick} />}
        {(!file || undone) && (
          <Earlier
            batches={work.batches}
            disabled={busy}
            onUndo={({ id, file: name }) => setAsked({ id, file: name })}
          />
        )}
      </div>
      {asked !== null && (
        <Ask
          title={t("import.undoTitle", { file: asked.file })}
          answer={t("import.undo")}
          losesWork
          onAnswer={() => {
            work.takeBack(asked.id);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        >
          {t("import.undoText")} {asksASecond(entity) && t("import.undoProposals")}
          <UsedByNote
            of={["import", asked.id]}
            read={() => call("import_used_by", { batch: asked.id })}
          />
        </Ask>
      )}
    </div>
  );
}

/** Whether changes of such records are kept as proposals until a second person approves them. */
function asksASecond({ children }: EntityView): boolean {
  return children.some(({ fields }) => fields.some(({ name }) => name === "proposed_by"));
}

/** The one step that writes; where it cannot be taken yet, why. */
function Go({ report, work, active }: { report: ImportReport; work: Importing; active: boolean }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { counts, problems, cancelled } = report;
  const writes = counts.new + counts.changed;
  const unmapped = report.columns.filter(({ target }) => target === null).length;
  const why = () => {
    if (cancelled) return t("import.blocked.unchecked");
    if (unmapped > 0) return t("import.blocked.unmapped", { count: unmapped });
    if (problems.some(({ line }) => line === 1)) return t("import.blocked.header");
    if (work.options.all_or_nothing && problems.length > 0) return t("import.blocked.all");
    if (writes === 0) return t(`import.blocked.${counts.refused > 0 ? "refused" : "nothing"}`);
    return null;
  };
  const blocked = why();
  const ready = blocked === null && work.doing === null;
  useKey("importFile", work.start, ready && active);
  return (
    <div className="import-go">
      {work.doing === null &&
        blocked !== null &&
        (unmapped > 0 && !cancelled ? (
          <Button type="link" className="import-blocked" onClick={leadToUnmapped}>
            {blocked}
          </Button>
        ) : (
          <span className="import-blocked">{blocked}</span>
        ))}
      {cancelled && (
        <Button disabled={work.doing !== null} onClick={() => work.change({})}>
          {t("import.again")}
        </Button>
      )}
      <KeyTip name="importFile">
        <Button type="primary" disabled={!ready} onClick={work.start}>
          {t("import.start", { shown: formatCount(writes, locale), count: writes })}
        </Button>
      </KeyTip>
    </div>
  );
}

/** Everything that can be said otherwise, beside what is wrong. */
function Check({
  entity,
  report,
  work,
  said,
  onOpen,
}: {
  entity: EntityView;
  report: ImportReport;
  work: Importing;
  said: Said;
  onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { options, change } = work;
  const disabled = work.doing !== null;
  const columns = report.columns.filter(({ column }) => !column.startsWith("--set "));
  const isFine = report.problems.length === 0 && report.notes.length === 0;
  return (
    <>
      <div className="import-forms">
        <Recognised form={report.form} options={options} disabled={disabled} onChange={change} />
        <Rules
          entity={entity}
          report={report}
          options={options}
          disabled={disabled}
          onChange={change}
        />
      </div>
      <div className="import-split">
        <div>
          <Mapping
            entity={entity}
            columns={columns}
            disabled={disabled}
            onMap={(column, path) => change({ mapping: { ...options.mapping, [column]: path } })}
          />
          <ForAll
            entity={entity}
            set={options.set}
            disabled={disabled}
            onSet={(set) => change({ set })}
          />
        </div>
        {isFine ? (
          <p className="quiet import-fine">{t("import.fine")}</p>
        ) : (
          <Findings report={report} said={said} onOpen={onOpen} />
        )}
      </div>
    </>
  );
}
