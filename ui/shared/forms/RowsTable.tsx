import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { POSITION, pathOf, rowPath } from "../entity/fields";
import { isFigure } from "../format/cell";
import type { EntityView, FieldView } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";
import { problemText } from "../i18n/problem";
import { useKey, useKeyNotes } from "../keys/Keyboard";
import { keyText } from "../keys/keymap";
import { type Row, removeRow } from "./draft";
import { FieldRow, FieldValue, isEditable } from "./FieldRow";
import { useForm } from "./form";
import { useRowKeys } from "./useRowKeys";
import { SectionKey } from "./SectionKey";
import { useOrdered, useVersion, VersionMark } from "./Version";

/** Up to this many fields stand side by side; more of them are laid out in blocks. */
const SIDE_BY_SIDE = 7;

/** The rows of one child: a table to read, a table or blocks to edit. */
export function RowsTable({ child, number }: { child: EntityView; number: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { editing, actions, problems } = useForm();
  const box = useRef<HTMLElement>(null);
  const [inside, setInside] = useState(false);
  const rows = useOrdered(child);
  const keys = useRowKeys(child, rows);
  const fields = child.fields.filter((field) => field.name !== POSITION);
  const shown = editing ? fields : fields.filter((field) => rows.some((row) => holds(row, field)));
  const isFilled = editing && fields.some(isEditable);
  useKey("addRow", () => actions.addRow(child), isFilled && inside);
  useKeyNotes(["nextCell", "repeat", "removeRow"], isFilled && inside);

  const faults = problems[child.name] ?? [];
  if (!editing && rows.length === 0) return null;
  return (
    <section
      ref={box}
      className="rows"
      aria-label={label(child.plural)}
      {...keys}
      onFocus={() => setInside(true)}
      onBlur={(event) => setInside(box.current?.contains(event.relatedTarget) === true)}
    >
      <header className="section-head">
        <h2>{label(child.plural)}</h2>
        {editing && <SectionKey number={number} />}
        <span className="faint">{rows.length > 0 ? rows.length : t("record.noRows")}</span>
        {isFilled && (
          <Button
            size="small"
            type="text"
            icon={<PlusOutlined aria-hidden />}
            title={keyText("addRow", language)}
            // Tab goes from field to field; into a table without any it goes by this.
            tabIndex={rows.length > 0 ? -1 : 0}
            aria-label={t("record.addRow", { label: label(child.label) })}
            onClick={() => actions.addRow(child)}
          >
            {t("act.add")}
          </Button>
        )}
      </header>
      {faults.map((problem) => (
        <p key={problem.rule} className="field-fault" role="alert">
          {problemText(problem, language)}
        </p>
      ))}
      {rows.length > 0 &&
        (editing && fields.length > SIDE_BY_SIDE ? (
          <RowBlocks child={child} rows={rows} fields={fields} />
        ) : (
          <RowLines child={child} rows={rows} fields={shown} />
        ))}
    </section>
  );
}

interface RowsProps {
  child: EntityView;
  rows: Row[];
  fields: FieldView[];
}

function RowLines({ child, rows, fields }: RowsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { editing } = useForm();
  return (
    <div className="rows-scroll">
      <table className={editing ? "rows-table editing" : "rows-table"}>
        <thead>
          <tr>
            {child.versions && (
              <th scope="col">
                <span className="only-heard">{t("record.standing")}</span>
              </th>
            )}
            {fields.map((field) => (
              <th key={field.name} scope="col" className={isFigure(field.kind) ? "figure" : ""}>
                {label(field.label)}
                {field.required && editing && <span className="field-required">*</span>}
              </th>
            ))}
            {editing && (
              <th>
                <span className="only-heard">{t("act.clear")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.id}>
              {child.versions && (
                <td className="version-cell">
                  <VersionMark child={child} row={row} />
                </td>
              )}
              {fields.map((field) => (
                <td key={field.name} className={`cell-${field.kind.type}`}>
                  <RowField child={child} row={row} index={index} field={field} />
                </td>
              ))}
              {editing && (
                <td className="rows-remove">
                  <RemoveRow child={child} row={row} index={index} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.map((row, index) => (
        <RowNotes key={row.id} child={child} row={row} index={index} />
      ))}
    </div>
  );
}

function RowBlocks({ child, rows, fields }: RowsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  return rows.map((row, index) => (
    <fieldset
      key={row.id}
      className="row-block"
      aria-label={t("record.rowNumber", {
        label: label(child.label),
        number: index + 1,
      })}
    >
      <div className="row-block-head">
        <span className="faint">{index + 1}</span>
        <VersionMark child={child} row={row} />
        <RemoveRow child={child} row={row} index={index} />
      </div>
      <RowNotes child={child} row={row} index={index} />
      <div className="row-block-fields">
        {fields.map((field) => (
          <RowField key={field.name} child={child} row={row} index={index} field={field} labelled />
        ))}
      </div>
    </fieldset>
  ));
}

function RowField({
  child,
  row,
  index,
  field,
  labelled = false,
}: {
  child: EntityView;
  row: Row;
  index: number;
  field: FieldView;
  labelled?: boolean;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { draft, titles, problems, editing, actions } = useForm();
  const path = pathOf(field.name, { entity: child.name, id: row.id });
  const place = t("record.rowNumber", {
    label: label(child.label),
    number: index + 1,
  });
  const Shape = labelled ? FieldRow : FieldValue;
  const version = useVersion(child, row, field);
  return (
    <Shape
      field={field}
      cell={row.fields[field.name] ?? null}
      rowEntity={child.name}
      rowId={row.id}
      name={labelled ? undefined : `${label(field.label)}, ${place}`}
      titles={titles}
      unread={draft.unread[path]}
      problems={version.problems(problems[path])}
      clash={draft.clashes[path]}
      editing={editing}
      actions={version.actions(actions)}
    />
  );
}

/** What is to be said about a row as a whole. */
function RowNotes({ child, row, index }: { child: EntityView; row: Row; index: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { draft, problems, actions } = useForm();
  const path = rowPath(child.name, row.id);
  const faults = problems[path] ?? [];
  const clash = draft.clashes[path];
  if (faults.length === 0 && !clash) return null;
  const place = { field: "", row: { entity: child.name, id: row.id } };
  const name = t("record.rowNumber", {
    label: label(child.label),
    number: index + 1,
  });
  return (
    <div className="field-notes">
      {faults.map((problem) => (
        <p key={problem.rule} className="field-fault" role="alert">
          {name}: {problemText(problem, language)}
        </p>
      ))}
      {clash && (
        <div className="field-clash" role="alert">
          <span>
            {name}: {t("record.clashRow")}
          </span>
          <Button size="small" onClick={() => actions.settle(path, "mine", place)}>
            {t("record.keepMine")}
          </Button>
          <Button size="small" onClick={() => actions.settle(path, "theirs", place)}>
            {t("record.removeRow", {
              label: label(child.label),
              number: index + 1,
            })}
          </Button>
        </div>
      )}
    </div>
  );
}

function RemoveRow({ child, row, index }: { child: EntityView; row: Row; index: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { actions } = useForm();
  if (!child.fields.some(isEditable)) return null;
  return (
    <Button
      size="small"
      type="text"
      tabIndex={-1}
      title={keyText("removeRow", language)}
      icon={<DeleteOutlined aria-hidden />}
      aria-label={t("record.removeRow", {
        label: label(child.label),
        number: index + 1,
      })}
      onClick={() => actions.change((draft) => removeRow(draft, child.name, row.id))}
    />
  );
}

function holds(row: Row, field: FieldView): boolean {
  const value = row.fields[field.name];
  return value !== null && value !== undefined && value !== false;
}
