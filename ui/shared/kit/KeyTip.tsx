import { Tooltip } from "antd";
import { cloneElement, type ReactElement } from "react";
import { useLanguage } from "../i18n/language";
import { type KeyName, keyText } from "../keys/keymap";

/**
 * Shows a control's shortcut beside the pointer. What is around it (a panel that opens at the control) gives
 * its place and its listeners to the control.
 */
export function KeyTip({
  name,
  children,
  ...given
}: {
  name: KeyName;
  children: ReactElement<object>;
}) {
  const { language } = useLanguage();
  return (
    <Tooltip title={keyText(name, language)} mouseEnterDelay={0.4} placement="bottom">
      {cloneElement(children, given)}
    </Tooltip>
  );
}
