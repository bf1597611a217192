import { Checkbox, Input, Select } from "antd";
import { useMemo } from "react";
import { labelIn } from "../format/cell";
import { standardOffers } from "../format/standards";
import type { Cell, FieldView } from "../generated/contract";
import { useStyle } from "../i18n/language";
import type { ControlProps, FormActions } from "./form";
import { MapEditor } from "./MapEditor";
import { Offered } from "./Offered";
import { ReferencePicker } from "./ReferencePicker";
import { TypedInput } from "./TypedInput";
import { typingOf } from "./typing";

/** The control of a field, by its kind. */
export function Control({
  field,
  cell,
  unread,
  title,
  actions,
  ...control
}: ControlProps & {
  field: FieldView;
  cell: Cell;
  unread: string | undefined;
  title: string;
  actions: Pick<FormActions, "name" | "createHere"> & Partial<Pick<FormActions, "find">>;
}) {
  const { kind } = field;
  const style = useStyle();
  const typing = useMemo(() => typingOf(kind, style.locale), [kind, style.locale]);
  if (typing) return <TypedInput typing={typing} cell={cell} unread={unread} {...control} />;

  const aria = {
    id: control.id,
    "aria-label": control.name,
    "aria-describedby": control.describedBy,
    "aria-required": control.required,
  };
  const status = control.invalid ? ("error" as const) : ("" as const);
  const text = typeof cell === "string" ? cell : "";

  switch (kind.type) {
    case "bool":
      return (
        <Checkbox
          {...aria}
          checked={cell === true}
          onChange={(event) => control.onCell(event.target.checked)}
        />
      );
    case "long_text":
      return (
        <Input.TextArea
          {...aria}
          status={status}
          value={text}
          autoSize={{ minRows: 2, maxRows: 12 }}
          onChange={(event) => control.onCell(event.target.value || null)}
        />
      );
    case "choice":
      return (
        <Offered
          {...control}
          value={text}
          unread={unread}
          offers={kind.choices.map((choice) => ({
            value: choice.value,
            label: labelIn(choice.label, style.language),
          }))}
        />
      );
    case "reference":
      return (
        <ReferencePicker
          {...control}
          entity={kind.entity}
          value={text || null}
          title={title}
          unread={unread}
          onName={actions.name}
          createHere={actions.createHere}
          onFind={actions.find}
        />
      );
    case "tags":
      return (
        <Select
          {...aria}
          mode="tags"
          open={false}
          suffixIcon={null}
          className="fill"
          tokenSeparators={[","]}
          value={Array.isArray(cell) ? cell : []}
          onChange={(words: string[]) => control.onCell(words.length > 0 ? words : null)}
        />
      );
    case "map":
      return <MapEditor {...control} map={isMap(cell) ? cell : {}} />;
    case "standard": {
      const offers = standardOffers(kind.name, style.locale);
      if (offers) {
        return <Offered {...control} value={text} unread={unread} offers={offers} shown="both" />;
      }
      break;
    }
    default:
      break;
  }
  return (
    <Input
      {...aria}
      aria-invalid={control.invalid}
      status={status}
      value={text}
      autoComplete="off"
      spellCheck={kind.type === "text"}
      maxLength={kind.type === "text" ? kind.max : undefined}
      dir={kind.type === "text" ? "auto" : "ltr"}
      onChange={(event) => control.onCell(event.target.value || null)}
    />
  );
}

function isMap(cell: Cell): cell is Record<string, string> {
  return typeof cell === "object" && cell !== null && !Array.isArray(cell);
}
