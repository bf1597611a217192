import { Popover } from "antd";
import { type ReactElement, type ReactNode, useCallback, useRef } from "react";
import { useLanguage } from "../i18n/language";
import { KeyLayer } from "../keys/Keyboard";
import { useFocusReturn } from "./useFocusReturn";

/** What opens below a button, over the list: it has the keys and the cursor until it closes. */
export function Panel({
  open,
  onOpen,
  side = "start",
  content,
  children,
}: {
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Which of the button's edges it is flush with. */
  side?: "start" | "end";
  content: ReactNode;
  /** The button. */
  children: ReactElement;
}) {
  const { direction } = useLanguage();
  const inside = useRef<HTMLDivElement>(null);
  const holds = useCallback((element: Element | null) => !!inside.current?.contains(element), []);
  useFocusReturn(open, holds);
  // From right to left Ant Design puts what is flush on the right out of the window.
  const start = direction === "ltr" ? "bottomLeft" : "bottom";
  const end = direction === "ltr" ? "bottomRight" : "bottomLeft";
  return (
    <KeyLayer open={open}>
      <Popover
        open={open}
        onOpenChange={onOpen}
        trigger="click"
        placement={side === "start" ? start : end}
        destroyOnHidden
        content={<div ref={inside}>{content}</div>}
      >
        {children}
      </Popover>
    </KeyLayer>
  );
}
