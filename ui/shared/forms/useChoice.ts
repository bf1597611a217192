import type { SelectProps } from "antd";
import { useRef, useState } from "react";
import { useSearch } from "../kit/useSearch";
import { tabGoesOn, useClearing } from "./clearing";
import type { ControlProps } from "./form";

/**
 * What every choice in a form has in common: what it is called, how it is searched and emptied, and that a
 * text which chose nothing is not dropped: `leave` is told it.
 */
export function useChoice(control: ControlProps, isFilled: boolean, leave: (text: string) => void) {
  const { text, setText, search } = useSearch();
  const [focused, setFocused] = useState(false);
  const chosen = useRef(false);
  const clearing = useClearing(!control.required && isFilled, () => control.onCell(null));
  const frame = {
    id: control.id,
    "aria-label": control.name,
    "aria-describedby": control.describedBy,
    "aria-required": control.required,
    status: control.invalid ? "error" : "",
    className: "fill",
    popupMatchSelectWidth: false,
    ...clearing,
    onKeyDown: tabGoesOn,
    onFocus: () => {
      chosen.current = false;
      setFocused(true);
    },
    onBlur: () => {
      const left = text.trim();
      setText("");
      setFocused(false);
      if (left !== "" && !chosen.current) leave(left);
    },
  } satisfies SelectProps & { ref: unknown };
  /** Something was chosen: the text that found it has done its work. */
  const take = () => {
    chosen.current = true;
    setText("");
  };
  return { text, search, focused, frame, take };
}
