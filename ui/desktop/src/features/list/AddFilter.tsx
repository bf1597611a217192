import { FilterOutlined } from "@ant-design/icons";
import { fieldOf } from "@daybook/shared/entity/fields";
import { Control } from "@daybook/shared/forms/Control";
import type { Cell, EntityView, FieldView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { Button, Checkbox, Popover, type RefSelectProps, Select } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isFilterable, isText, type ShownFilter, valueText } from "./filters";

/** Narrows the list by a field's value. */
export function AddFilter({
  entity,
  onAdd,
}: {
  entity: EntityView;
  onAdd: (filter: ShownFilter) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      destroyOnHidden
      content={
        <KeyLayer>
          <FilterForm
            entity={entity}
            onAdd={(filter) => {
              onAdd(filter);
              setOpen(false);
            }}
            onClose={() => setOpen(false)}
          />
        </KeyLayer>
      }
    >
      <Button icon={<FilterOutlined />} aria-expanded={open} aria-label={t("list.addFilter")}>
        {t("list.filter")}
      </Button>
    </Popover>
  );
}

function FilterForm({
  entity,
  onAdd,
  onClose,
}: {
  entity: EntityView;
  onAdd: (filter: ShownFilter) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const fields = entity.fields.filter(isFilterable);
  const first = useRef<RefSelectProps>(null);
  const [name, setName] = useState<string | undefined>();
  const [cell, setCell] = useState<Cell>(null);
  const [unread, setUnread] = useState<string | undefined>();
  const [shown, setShown] = useState("");
  const [contains, setContains] = useState(true);
  const field = name === undefined ? undefined : fieldOf(entity, name);

  useKey("back", onClose);

  // The popover is placed after it is drawn, and only then takes the cursor.
  useEffect(() => {
    const wait = setTimeout(() => first.current?.focus(), 0);
    return () => clearTimeout(wait);
  }, []);

  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (!field || unread !== undefined) return;
    const value = field.kind.type === "bool" ? cell === true : cell;
    if (value === null) return;
    onAdd({
      field: field.name,
      value: valueText(value),
      contains: isText(field) && contains,
      shown,
    });
  };

  return (
    <form className="filter-form" onSubmit={apply}>
      <Select
        aria-label={t("list.field")}
        className="filter-field"
        placeholder={t("list.field")}
        ref={first}
        defaultOpen
        showSearch={{ optionFilterProp: "label" }}
        value={name}
        options={fields.map((known) => ({
          value: known.name,
          label: label(known.label),
        }))}
        onChange={(next: string) => {
          setName(next);
          setCell(null);
          setUnread(undefined);
          setShown("");
        }}
      />
      {field && (
        <FilterValue
          key={field.name}
          field={field}
          cell={cell}
          unread={unread}
          shown={shown}
          onShown={setShown}
          onCell={(next) => {
            setUnread(undefined);
            setCell(next);
          }}
          onUnread={setUnread}
        />
      )}
      {field && isText(field) && (
        <Checkbox checked={contains} onChange={(event) => setContains(event.target.checked)}>
          {t("list.contains")}
        </Checkbox>
      )}
      <Button type="primary" htmlType="submit" disabled={!field}>
        {t("list.apply")}
      </Button>
    </form>
  );
}

function FilterValue({
  field,
  cell,
  unread,
  shown,
  onShown,
  onCell,
  onUnread,
}: {
  field: FieldView;
  cell: Cell;
  unread: string | undefined;
  shown: string;
  onShown: (title: string) => void;
  onCell: (cell: Cell) => void;
  onUnread: (text: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Control
      id="filter-value"
      name={t("list.value")}
      invalid={unread !== undefined}
      required={false}
      field={field}
      cell={cell}
      unread={unread}
      title={shown}
      actions={{ name: (_, title) => onShown(title) }}
      onCell={onCell}
      onUnread={onUnread}
    />
  );
}
