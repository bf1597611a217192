import { formatCount } from "../format/bytes";
import { fold } from "../format/fold";
import type { DecimalSign, EntityView, FileFormat } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";
import { KeyLayer, useKey } from "../keys/Keyboard";
import { FailureNote } from "../kit/Failure";
import type { ListQuery } from "./pages";
import { call, failureOf } from "../platform/call";
import { remember, remembered } from "../platform/memory";
import { askPlace } from "../platform/place";
import { useMutation } from "@tanstack/react-query";
import { Button, Modal, Radio } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "./export.css";

const FORMATS: readonly FileFormat[] = ["csv", "xlsx", "jsonl"];
const SIGNS: readonly DecimalSign[] = ["point", "comma"];
type Fields = "shown" | "all";

interface Props {
  entity: EntityView;
  /** What is shown: its search, filters and order. */
  query: ListQuery;
  sort: string | null;
  /** The columns that are shown; empty where there are none to choose from. */
  columns: string[];
  count: number;
  onClose: () => void;
}

/** Takes a list out as a file: what of it, in which form, and where to. */
export function ExportDialog(props: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <Modal
      open
      width={520}
      title={t("export.title", { plural: label(props.entity.plural) })}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
    >
      <KeyLayer>
        <ExportForm {...props} />
      </KeyLayer>
    </Modal>
  );
}

function ExportForm({ entity, query, sort, columns, count, onClose }: Props) {
  const { t } = useTranslation();
  const first = useRef<HTMLButtonElement>(null);
  // At once, and not when the dialog has come to rest.
  useEffect(() => first.current?.focus(), []);
  const label = useLabel();
  const { language, locale } = useLanguage();
  const [format, setFormat] = useState(() => known(remembered<FileFormat>("export.format")));
  const [fields, setFields] = useState<Fields>(
    () => remembered<Fields>("export.fields") ?? "shown",
  );
  // As the spreadsheets of the person's language write numbers.
  const [decimal, setDecimal] = useState<DecimalSign>(
    () => remembered<DecimalSign>("export.decimal") ?? (language === "de" ? "comma" : "point"),
  );
  const ofColumns = fields === "shown" && columns.length > 0;
  const run = useMutation({
    mutationFn: async () => {
      const kind = { name: t(`export.formats.${format}`), ending: format };
      const folder = remembered<string>("export.folder") ?? "";
      const name = `${folder}${fileName(label(entity.plural))}.${format}`;
      const file = await askPlace(name, kind);
      if (file === null) return null;
      remember("export.format", format);
      if (format === "csv") remember("export.decimal", decimal);
      remember("export.fields", fields);
      remember("export.folder", folderOf(file));
      return call("export", {
        entity: entity.name,
        file,
        format,
        filters: query.filters,
        search: query.search.trim() === "" ? null : query.search.trim(),
        sort,
        columns: ofColumns ? columns : null,
        retired: query.retired,
        decimal: format === "csv" ? decimal : null,
        language: format === "xlsx" ? language : null,
      });
    },
  });
  const done = run.data ?? null;
  const go = () => {
    if (done) onClose();
    else if (!run.isPending) run.mutate();
  };
  useKey("save", go);
  useKey("resolve", go);
  useKey("back", onClose);
  return (
    <div className="export">
      {done ? (
        <p className="export-done" role="status">
          {t("export.done", { count: done.records, shown: formatCount(done.records, locale) })}{" "}
          <code>{done.file}</code>{" "}
          <span className="quiet">({t("export.columns", { count: done.columns.length })})</span>
        </p>
      ) : (
        <>
          <p>
            {t("export.what", { count, shown: formatCount(count, locale) })}
            <br />
            <span className="quiet">{t("export.whatHint")}</span>
          </p>
          {columns.length > 0 && (
            <Choice<Fields>
              name={t("export.fields")}
              value={fields}
              options={[
                ["shown", t("export.shown")],
                ["all", t("export.all")],
              ]}
              onChoose={setFields}
            />
          )}
          <p className="quiet export-hint">
            {ofColumns ? t("export.shownHint") : t("export.allHint")}
          </p>
          <Choice<FileFormat>
            name={t("export.format")}
            value={format}
            options={FORMATS.map((each) => [each, t(`export.formats.${each}`)])}
            onChoose={setFormat}
          />
          {format === "csv" && (
            <Choice
              name={t("export.numbers")}
              value={decimal}
              options={SIGNS.map((each) => [each, t(`export.decimals.${each}`)])}
              onChoose={setDecimal}
            />
          )}
        </>
      )}
      {run.error && <FailureNote failure={failureOf(run.error)} lead={t("export.failed")} />}
      <footer className="row export-foot">
        {!done && <Button onClick={onClose}>{t("act.cancel")}</Button>}
        <Button ref={first} type="primary" loading={run.isPending} onClick={go}>
          {done ? t("act.close") : run.isPending ? t("export.writing") : t("export.choose")}
        </Button>
      </footer>
    </div>
  );
}

function Choice<T extends string>({
  name,
  value,
  options,
  onChoose,
}: {
  name: string;
  value: T;
  options: [T, string][];
  onChoose: (value: T) => void;
}) {
  return (
    <div className="export-choice">
      <span>{name}</span>
      <Radio.Group
        aria-label={name}
        optionType="button"
        value={value}
        options={options.map(([each, text]) => ({ value: each, label: text }))}
        onChange={(event) => onChoose(event.target.value as T)}
      />
    </div>
  );
}

function known(format: FileFormat | null): FileFormat {
  return FORMATS.find((each) => each === format) ?? "csv";
}

/** The folder of a file, up to and with the last separator. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
}

/** `customers-2026-11-21`: what every file system takes. */
function fileName(plural: string): string {
  const words = fold(plural).replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, "0");
  return `${words}-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
