import type {
  EntityView,
  ImportForm,
  ImportOptions,
  ImportReport,
} from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { Choice } from "@daybook/shared/kit/Choice";
import { Input } from "antd";
import { useTranslation } from "react-i18next";

const ENCODINGS = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "iso-8859-15",
];
const DELIMITERS = [",", ";", "\t", "|"];
const DATES = [
  "YYYY-MM-DD",
  "DD.MM.YYYY",
  "DD/MM/YYYY",
  "MM/DD/YYYY",
  "DD-MM-YYYY",
  "YYYY/MM/DD",
  "YYYYMMDD",
];

interface Settings {
  options: ImportOptions;
  disabled: boolean;
  onChange: (part: Partial<ImportOptions>) => void;
}

/** What the file was taken for; each of it can be said otherwise. */
export function Recognised({ form, disabled, onChange }: Settings & { form: ImportForm }) {
  const { t } = useTranslation();
  const encoding = form.encoding?.toLowerCase() ?? null;
  const known = encoding && !ENCODINGS.includes(encoding) ? [...ENCODINGS, encoding] : ENCODINGS;
  const delimiters =
    form.delimiter && !DELIMITERS.includes(form.delimiter)
      ? [...DELIMITERS, form.delimiter]
      : DELIMITERS;
  const dates = DATES.includes(form.dates) ? DATES : [...DATES, form.dates];
  return (
    <section className="import-form" aria-label={t("import.recognised")}>
      <h2>{t("import.recognised")}</h2>
      {encoding && (
        <Named
          label={t("import.encoding")}
          value={encoding}
          values={known.map((value) => ({ value, label: value }))}
          disabled={disabled}
          onChange={(value) => onChange({ encoding: value })}
        />
      )}
      {form.delimiter && (
        <Named
          label={t("import.delimiter")}
          value={form.delimiter}
          values={delimiters.map((value) => ({
            value,
            label: value === "\t" ? t("import.tab") : value,
          }))}
          disabled={disabled}
          onChange={(value) => onChange({ delimiter: value === "\t" ? "tab" : value })}
        />
      )}
      {form.sheets.length > 1 && form.sheet && (
        <Named
          label={t("import.sheet")}
          value={form.sheet}
          values={form.sheets.map((value) => ({ value, label: value }))}
          disabled={disabled}
          onChange={(value) => onChange({ sheet: value, mapping: {} })}
        />
      )}
      <Named
        label={t("import.numbers")}
        value={form.decimal}
        values={[
          { value: "point", label: "1,234.56" },
          { value: "comma", label: "1.234,56" },
        ]}
        disabled={disabled}
        onChange={(value) => onChange({ decimal: value === "comma" ? "comma" : "point" })}
      />
      <Named
        label={t("import.dates")}
        value={form.dates}
        values={dates.map((value) => ({ value, label: value }))}
        disabled={disabled}
        onChange={(value) => onChange({ dates: value })}
      />
    </section>
  );
}

/** What is done with the cells and rows that are odd. */
export function Rules({
  entity,
  report,
  options,
  disabled,
  onChange,
}: Settings & { entity: EntityView; report: ImportReport }) {
  const { t } = useTranslation();
  const label = useLabel();
  const texts = entity.fields.filter(({ kind, writable }) => writable && kind.type === "long_text");
  const isForeign = report.columns.some(({ target }) => target === "external_id");
  return (
    <section className="import-form" aria-label={t("import.rules")}>
      <h2>{t("import.rules")}</h2>
      <Named
        label={t("import.empty")}
        value={options.clear_empty ? "clear" : "keep"}
        values={[
          { value: "keep", label: t("import.emptyKeeps") },
          { value: "clear", label: t("import.emptyClears") },
        ]}
        disabled={disabled}
        onChange={(value) => onChange({ clear_empty: value === "clear" })}
      />
      {texts.length > 0 && (
        <Named
          label={t("import.refusedValues")}
          value={options.refused_to ?? ""}
          values={[
            { value: "", label: t("import.refusedRefuse") },
            ...texts.map((field) => ({
              value: field.name,
              label: t("import.refusedTo", { field: label(field.label) }),
            })),
          ]}
          disabled={disabled}
          onChange={(value) => onChange({ refused_to: value === "" ? null : value })}
        />
      )}
      <Named
        label={t("import.refusedRows")}
        value={options.all_or_nothing ? "all" : "rest"}
        values={[
          { value: "rest", label: t("import.rowsLeftOut") },
          { value: "all", label: t("import.allOrNothing") },
        ]}
        disabled={disabled}
        onChange={(value) => onChange({ all_or_nothing: value === "all" })}
      />
      {(isForeign || options.system !== null) && (
        <label>
          <span className="quiet">{t("import.system")}</span>
          <Input
            key={options.system}
            size="small"
            className="import-system"
            defaultValue={options.system ?? ""}
            disabled={disabled}
            onPressEnter={(event) => event.currentTarget.blur()}
            onBlur={({ target }) => {
              const system = target.value.trim() || null;
              if (system !== options.system) onChange({ system });
            }}
          />
        </label>
      )}
    </section>
  );
}

function Named({
  label,
  value,
  values,
  disabled,
  onChange,
}: {
  label: string;
  value: string;
  values: { value: string; label: string }[];
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <label>
      <span className="quiet">{label}</span>
      <Choice
        aria-label={label}
        size="small"
        popupMatchSelectWidth={false}
        disabled={disabled}
        value={value}
        options={values}
        onChange={onChange}
      />
    </label>
  );
}
