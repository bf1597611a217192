import { SafetyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { PERSON } from "../data/queries";
import { pathOf } from "../entity/fields";
import { cellText, isBelowZero, isFigure, isLeftToRight } from "../format/cell";
import type { Cell, FieldView, Problem } from "../generated/contract";
import { useLabel, useLanguage, useStyle } from "../i18n/language";
import { problemText } from "../i18n/problem";
import { Control } from "./Control";
import { Person } from "./Person";
import { type Clash, type Place, write, writeUnread } from "./draft";
import { controlId, type FormActions } from "./form";
import { exampleOf } from "./typing";

interface Props {
  field: FieldView;
  cell: Cell;
  /** The row the field stands in, by name and id; absent in the record itself. */
  rowEntity?: string;
  rowId?: string;
  /** The accessible name, where a column's head is the label ("Phone, Contact 2"). */
  name?: string;
  /** What people call the records that fields refer to. */
  titles: Record<string, string>;
  unread: string | undefined;
  /** What the value begins with that a number series gives where none is typed. */
  numberedAs?: string | undefined;
  problems: Problem[] | undefined;
  clash: Clash | undefined;
  editing: boolean;
  actions: FormActions;
}

/** One field: its label, its value or control, and what is to be said about it. */
export const FieldRow = memo(function FieldRow({ field, name, ...props }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const path = pathOf(field.name, rowOf(props));
  const id = controlId(props.actions.form, path);
  const writes = props.editing && isEditable(field);
  const Label = writes && !name ? "label" : "span";
  return (
    <div className={field.kind.type === "long_text" ? "field tall" : "field"}>
      {!name && (
        // The marks stand beside the label: they are no part of the field's name.
        <div className="field-label">
          <Label id={`${id}:label`} {...(writes ? { htmlFor: id } : {})}>
            {label(field.label)}
          </Label>
          {field.required && !props.numberedAs && props.editing && (
            <span className="field-required" title={t("record.required")} aria-hidden>
              *
            </span>
          )}
          {field.sensitive && (
            <SafetyOutlined
              className="field-sensitive"
              title={t("record.sensitive")}
              aria-label={t("record.sensitive")}
            />
          )}
        </div>
      )}
      <FieldValue field={field} name={name} {...props} />
    </div>
  );
});

/** The value alone, with its messages: for a row of a form or a cell of a table. */
export function FieldValue({
  field,
  cell,
  rowEntity,
  rowId,
  name,
  titles,
  unread,
  numberedAs,
  problems,
  clash,
  editing,
  actions,
}: Props) {
  const { t } = useTranslation();
  const { language, locale } = useLanguage();
  const style = useStyle();
  const row = rowOf({ rowEntity, rowId });
  const place: Place = row ? { field: field.name, row } : { field: field.name };
  const path = pathOf(field.name, row);
  const id = controlId(actions.form, path);
  const notes = `${id}:notes`;
  const title = typeof cell === "string" ? (titles[cell] ?? "") : "";

  const faults = (problems ?? []).map((problem) => problemText(problem, language));
  if (unread !== undefined) faults.unshift(unreadText());
  const theirs = clash && "theirs" in clash ? clash.theirs : null;
  const isGiven = numberedAs !== undefined && cell === null && unread === undefined;
  const hasNotes = faults.length > 0 || clash !== undefined || isGiven;

  function unreadText(): string {
    const example = exampleOf(field.kind, locale);
    switch (field.kind.type) {
      case "date":
        return t("record.noDate", { example });
      case "instant":
        return t("record.noMoment", { example });
      case "reference":
        return t("record.noRecord", { text: unread });
      case "choice":
      case "standard":
        return t("record.noChoice", { text: unread });
      default:
        return t("record.noDecimal", { example });
    }
  }

  /** A box that was never ticked is a "no", and who may not be named is still somebody. */
  function readText(): string {
    const { kind } = field;
    if (kind.type === "bool") return cell === true ? style.yes : style.no;
    const text = cellText(cell, kind, style, titles);
    if (kind.type !== "reference" || text !== "" || cell === null) return text;
    return t("record.unnamed");
  }

  if (!editing || !isEditable(field)) {
    const text = readText();
    const isUser = field.kind.type === "reference" && field.kind.entity === PERSON;
    const person = isUser && title === "" && typeof cell === "string" ? cell : null;
    const shown = person === null ? text || t("record.nothing") : <Person id={person} />;
    const classes = ["field-text"];
    if (isFigure(field.kind)) classes.push("figure");
    if (isBelowZero(cell, field.kind)) classes.push("below-zero");
    if (text === "") classes.push("faint");
    return (
      <output
        aria-label={name}
        aria-labelledby={name ? undefined : `${id}:label`}
        data-path={path}
        className={classes.join(" ")}
      >
        {isLeftToRight(field.kind) ? <bdi dir="ltr">{shown}</bdi> : shown}
      </output>
    );
  }

  return (
    <div className="field-value">
      <Control
        id={id}
        name={name}
        describedBy={hasNotes ? notes : undefined}
        invalid={faults.length > 0}
        required={field.required && numberedAs === undefined}
        field={field}
        cell={cell}
        unread={unread}
        title={title}
        actions={actions}
        onCell={(next) => actions.change((draft) => write(draft, place, next))}
        onUnread={(text) => actions.change((draft) => writeUnread(draft, place, text))}
      />
      {hasNotes && (
        <div id={notes} className="field-notes">
          {isGiven && <p className="field-hint">{t("record.numberedAs", { stem: numberedAs })}</p>}
          {faults.map((fault) => (
            <p key={fault} className="field-fault" role="alert">
              {fault}
            </p>
          ))}
          {clash && "theirs" in clash && (
            <div className="field-clash" role="alert">
              <span>
                {t("record.clash", {
                  value: cellText(theirs, field.kind, style, titles) || t("record.empty"),
                })}
              </span>
              <Button size="small" onClick={() => actions.settle(path, "mine", place)}>
                {t("record.keepMine")}
              </Button>
              <Button size="small" onClick={() => actions.settle(path, "theirs", place)}>
                {t("record.takeTheirs")}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Files arrive by another way, and what may not be written is only shown. */
export function isEditable(field: FieldView): boolean {
  return field.writable && field.kind.type !== "attachments";
}

function rowOf({ rowEntity, rowId }: Pick<Props, "rowEntity" | "rowId">) {
  return rowEntity && rowId ? { entity: rowEntity, id: rowId } : undefined;
}
