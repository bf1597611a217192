import { CloseCircleFilled } from "@ant-design/icons";
import type { RefSelectProps } from "antd";
import { createElement, type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useKey } from "../keys/Keyboard";
import { isKey } from "../keys/keymap";
import { goOn } from "./cursor";

/**
 * How a choice is emptied: by a key in its field, or with the pointer. The button for the pointer is
 * no stop of Tab, which goes from field to field.
 */
export function useClearing(isFilled: boolean, clear: () => void) {
  const { t } = useTranslation();
  const box = useRef<RefSelectProps>(null);
  useLayoutEffect(() => {
    const button = box.current?.nativeElement.querySelector(".ant-select-clear");
    button?.setAttribute("tabindex", "-1");
  });
  useKey(
    "clear",
    ({ target }) => {
      const input = target instanceof HTMLInputElement ? target : null;
      // A text that is being typed loses its last sign, not the choice.
      if (!input || input.value !== "" || !box.current?.nativeElement.contains(input)) return false;
      clear();
    },
    isFilled,
  );
  const clearIcon = createElement(CloseCircleFilled, { "aria-hidden": true });
  return { ref: box, allowClear: isFilled && { clearIcon, label: t("act.clear") } };
}

/** An open list takes Tab for its choice and keeps the cursor; a person who pressed Tab goes on. */
export function tabGoesOn(event: KeyboardEvent): void {
  if (!isKey("nextField", event) || !event.defaultPrevented) return;
  if (event.target instanceof Element) goOn(event.target, event.shiftKey);
}
