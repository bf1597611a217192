import { FilterOutlined } from "@ant-design/icons";
import { fieldOf } from "../entity/fields";
import { labelIn } from "../format/cell";
import { Control } from "../forms/Control";
import type { Cell, EntityView, FieldView } from "../generated/contract";
import { useLabel, useStyle } from "../i18n/language";
import { useKey } from "../keys/Keyboard";
import { Choice } from "../kit/Choice";
import { KeyTip } from "../kit/KeyTip";
import { Panel } from "../kit/Panel";
import { Button, type RefSelectProps } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  asksValue,
  asTyped,
  type Question,
  questionsOf,
  type ShownFilter,
  valueText,
} from "./filters";

interface Props {
  entity: EntityView;
  /** The field under the cursor is proposed. */
  proposed: () => string | null;
  active: boolean;
  onAdd: (filters: ShownFilter[]) => void;
}

/** Narrows the list by a question to one of its fields. */
export function AddFilter({ entity, proposed, active, onAdd }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useKey("addFilter", () => setOpen(true), active);
  return (
    <Panel
      open={open}
      onOpen={setOpen}
      content={
        <FilterForm
          entity={entity}
          proposed={open ? proposed() : null}
          onAdd={(filters) => {
            onAdd(filters);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      }
    >
      <KeyTip name="addFilter">
        <Button
          icon={<FilterOutlined aria-hidden />}
          aria-expanded={open}
          aria-label={t("list.addFilter")}
        >
          {t("list.filter")}
        </Button>
      </KeyTip>
    </Panel>
  );
}

/** What was typed into one box: a value, or a text that is none. */
interface Typed {
  cell: Cell;
  unread?: string;
  shown: string;
}

const NOTHING: Typed = { cell: null, shown: "" };

function FilterForm({
  entity,
  proposed,
  onAdd,
  onClose,
}: {
  entity: EntityView;
  proposed: string | null;
  onAdd: (filters: ShownFilter[]) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const first = useRef<RefSelectProps>(null);
  const [name, setName] = useState<string | undefined>(proposed ?? undefined);
  const field = name === undefined ? undefined : fieldOf(entity, name);
  const questions = field ? questionsOf(field) : [];
  const [asked, setAsked] = useState<Question | null>(null);
  const question = asked ?? questions[0];
  const [value, setValue] = useState<Typed>(NOTHING);
  const [upper, setUpper] = useState<Typed>(NOTHING);
  const [several, setSeveral] = useState<string[]>([]);
  useKey("back", onClose);

  // The popover is placed after it is drawn, and only then takes the cursor, and a list opens where it is.
  const [choosing, setChoosing] = useState(false);
  const [begun] = useState(proposed);
  useEffect(() => {
    const wait = setTimeout(() => {
      first.current?.focus();
      setChoosing(begun === null);
    }, 0);
    return () => clearTimeout(wait);
  }, [begun]);

  const isChoice = field?.kind.type === "choice" && question === "is";
  const filters = (): ShownFilter[] => {
    if (!field || !question || value.unread !== undefined || upper.unread !== undefined) return [];
    const one = (relation: ShownFilter["relation"], { cell, shown }: Typed): ShownFilter[] =>
      cell === null ? [] : [{ field: field.name, value: valueText(cell), relation, shown }];
    if (question === "between") return [...one("from", value), ...one("to", upper)];
    if (!asksValue(question)) {
      return [{ field: field.name, value: "", relation: question, shown: "" }];
    }
    if (isChoice) return several.flatMap((cell) => one("is", { cell, shown: "" }));
    if (field.kind.type === "bool") return one("is", { ...value, cell: value.cell === true });
    return one(question, value);
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const made = filters();
    if (made.length > 0) onAdd(made);
  };

  return (
    <form className="filter-form" onSubmit={apply}>
      <Choice
        aria-label={t("list.field")}
        placeholder={t("list.field")}
        ref={first}
        open={choosing}
        onOpenChange={setChoosing}
        value={name}
        options={entity.fields.map((known) => ({ value: known.name, label: label(known.label) }))}
        onChange={(next: string) => {
          setName(next);
          setAsked(null);
          setValue(NOTHING);
          setUpper(NOTHING);
          setSeveral([]);
        }}
      />
      {field && question && questions.length > 1 && (
        <Choice
          aria-label={t("list.question")}
          value={question}
          options={questions.map((each) => ({ value: each, label: t(`list.questions.${each}`) }))}
          onChange={setAsked}
        />
      )}
      {field && isChoice && <Several field={field} chosen={several} onChosen={setSeveral} />}
      {field && question && asksValue(question) && !isChoice && (
        <FilterValue
          key={`${field.name} ${question}`}
          field={asTyped(field)}
          name={t(question === "between" ? "list.questions.from" : "list.value")}
          typed={value}
          onTyped={setValue}
        />
      )}
      {field && question === "between" && (
        <FilterValue
          key={`${field.name} to`}
          field={field}
          name={t("list.questions.to")}
          typed={upper}
          onTyped={setUpper}
        />
      )}
      <Button type="primary" htmlType="submit" disabled={!field}>
        {t("list.apply")}
      </Button>
    </form>
  );
}

/** Any of several choices. */
function Several({
  field,
  chosen,
  onChosen,
}: {
  field: FieldView;
  chosen: string[];
  onChosen: (values: string[]) => void;
}) {
  const { t } = useTranslation();
  const { language } = useStyle();
  if (field.kind.type !== "choice") return null;
  return (
    <Choice
      aria-label={t("list.value")}
      mode="multiple"
      value={chosen}
      options={field.kind.choices.map((choice) => ({
        value: choice.value,
        label: labelIn(choice.label, language),
      }))}
      onChange={onChosen}
    />
  );
}

function FilterValue({
  field,
  name,
  typed,
  onTyped,
}: {
  field: FieldView;
  name: string;
  typed: Typed;
  onTyped: (typed: Typed) => void;
}) {
  const shown = useRef(typed.shown);
  return (
    <label className="filter-value">
      <span className="quiet">{name}</span>
      <Control
        id={`filter-${name}`}
        name={name}
        invalid={typed.unread !== undefined}
        required={false}
        field={field}
        cell={typed.cell}
        unread={typed.unread}
        title={typed.shown}
        actions={{
          name: (_, title) => {
            shown.current = title;
          },
        }}
        onCell={(cell) => onTyped({ cell, shown: cell === null ? "" : shown.current })}
        onUnread={(unread) => onTyped({ ...typed, cell: null, unread })}
      />
    </label>
  );
}
