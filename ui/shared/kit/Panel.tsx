import { Popover } from "antd";
import { type ReactElement, type ReactNode, useRef } from "react";
import { i18n, useLanguage } from "../i18n/language";
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
  const { language } = useLanguage();
  const inside = useRef<HTMLDivElement>(null);
  useFocusReturn(open, inside);
  const isLeft = (side === "start") === (i18n.dir(language) === "ltr");
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
