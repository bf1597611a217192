import type { ImportForm, ImportOptions } from "@daybook/shared/generated/contract";
import { Select } from "antd";
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

/** What the file was taken for; each of it can be said otherwise. */
export function Recognised({
  form,
  options,
  onChange,
}: {
  form: ImportForm;
  options: ImportOptions;
  onChange: (part: Partial<ImportOptions>) => void;
}) {
  const { t } = useTranslation();
  const encoding = form.encoding?.toLowerCase() ?? null;
  const known = encoding && !ENCODINGS.includes(encoding) ? [...ENCODINGS, encoding] : ENCODINGS;
  return (
    <section className="import-form" aria-label={t("import.recognised")}>
      {encoding && (
        <Choice
          label={t("import.encoding")}
          value={encoding}
          values={known.map((value) => ({ value, label: value }))}
          onChange={(value) => onChange({ encoding: value })}
        />
      )}
      {form.delimiter && (
        <Choice
          label={t("import.delimiter")}
          value={form.delimiter}
          values={DELIMITERS.map((value) => ({
            value,
            label: value === "\t" ? t("import.tab") : value,
          }))}
          onChange={(value) => onChange({ delimiter: value === "\t" ? "tab" : value })}
        />
      )}
      {form.sheets.length > 1 && form.sheet && (
        <Choice
          label={t("import.sheet")}
          value={form.sheet}
          values={form.sheets.map((value) => ({ value, label: value }))}
          onChange={(value) => onChange({ sheet: value, mapping: {} })}
        />
      )}
      <Choice
        label={t("import.numbers")}
        value={form.decimal}
        values={[
          { value: "point", label: "1,234.56" },
          { value: "comma", label: "1.234,56" },
        ]}
        onChange={(value) => onChange({ decimal: value === "comma" ? "comma" : "point" })}
      />
      <Choice
        label={t("import.dates")}
        value={form.dates}
        values={DATES.map((value) => ({ value, label: value }))}
        onChange={(value) => onChange({ dates: value })}
      />
      <Choice
        label={t("import.empty")}
        value={options.clear_empty ? "clear" : "keep"}
        values={[
          { value: "keep", label: t("import.emptyKeeps") },
          { value: "clear", label: t("import.emptyClears") },
        ]}
        onChange={(value) => onChange({ clear_empty: value === "clear" })}
      />
      <Choice
        label={t("import.refusedValues")}
        value={options.refused_to ?? ""}
        values={[
          { value: "", label: t("import.refusedRefuse") },
          { value: "notes", label: t("import.refusedNotes") },
        ]}
        onChange={(value) => onChange({ refused_to: value === "" ? null : value })}
      />
    </section>
  );
}

function Choice({
  label,
  value,
  values,
  onChange,
}: {
  label: string;
  value: string;
  values: { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <label>
      <span className="quiet">{label}</span>
      <Select
        aria-label={label}
        size="small"
        popupMatchSelectWidth={false}
        value={value}
        options={values}
        onChange={onChange}
      />
    </label>
  );
}
