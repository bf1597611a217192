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
  const isLeft = (side === "start") === (direction === "ltr");
  return (
    <KeyLayer open={open}>
      <Popover
        open={open}
        onOpenChange={onOpen}
        trigger="click"
        placement={isLeft ? "bottomLeft" : "bottomRight"}
        destroyOnHidden
        content={<div ref={inside}>{content}</div>}
      >
        {children}
      </Popover>
    </KeyLayer>
  );
}
