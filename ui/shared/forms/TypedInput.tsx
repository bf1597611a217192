import { Input } from "antd";
import { useState } from "react";
import type { Cell } from "../generated/contract";
import type { ControlProps } from "./form";

/** How one kind of value is typed: shown at rest, shown under the cursor, read. */
export interface Typing {
  show: (text: string) => string;
  edit: (text: string) => string;
  /** The value of a typed text; `null` where it is none. */
  read: (typed: string) => Cell;
  figure: boolean;
}

/** A text under the cursor, and what it was read as. */
interface Typed {
  text: string;
  cell: Cell;
  unread: string | undefined;
}

/** A field whose text is read into a value as it is typed: a number, a date, a moment. */
export function TypedInput({
  typing,
  cell,
  unread,
  ...control
}: ControlProps & { typing: Typing; cell: Cell; unread: string | undefined }) {
  const [focused, setFocused] = useState(false);
  const [typed, setTyped] = useState<Typed | null>(null);
  const held = cell === null ? "" : String(cell);
  const rest = unread ?? (focused ? typing.edit(held) : typing.show(held));

  const take = (text: string) => {
    const value = text.trim() === "" ? null : typing.read(text);
    const isUnread = value === null && text.trim() !== "";
    setTyped({ text, cell: isUnread ? null : value, unread: isUnread ? text : undefined });
    if (isUnread) control.onUnread(text);
    else control.onCell(value);
  };
  // A value that came another way (a step taken back) stands there instead of what was typed.
  const isTyped = typed && (unread ?? cell) === (typed.unread ?? typed.cell);

  return (
    <Input
      id={control.id}
      aria-label={control.name}
      aria-describedby={control.describedBy}
      aria-invalid={control.invalid}
      aria-required={control.required}
      status={control.invalid ? "error" : ""}
      className={typing.figure ? "figure" : ""}
      value={isTyped ? typed.text : rest}
      autoComplete="off"
      dir="ltr"
      inputMode={typing.figure ? "decimal" : "text"}
      onFocus={(event) => {
        const input = event.target;
        setFocused(true);
        // After the text has changed to the form it is edited in. A changed text does not come into sight by itself,
        // and a text that is selected takes the cursor back from where the person went meanwhile.
        requestAnimationFrame(() => {
          if (document.activeElement !== input) return;
          input.select();
          input.scrollIntoView({ block: "nearest", inline: "nearest" });
        });
      }}
      onChange={(event) => take(event.target.value)}
      onBlur={() => {
        setFocused(false);
        setTyped(null);
      }}
    />
  );
}
