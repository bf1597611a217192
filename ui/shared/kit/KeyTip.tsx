import { Tooltip } from "antd";
import type { ReactElement } from "react";
import { useLanguage } from "../i18n/language";
import { type KeyName, keyText } from "../keys/keymap";

/** Shows a control's shortcut beside the pointer. */
export function KeyTip({ name, children }: { name: KeyName; children: ReactElement }) {
  const { language } = useLanguage();
  return (
    <Tooltip title={keyText(name, language)} mouseEnterDelay={0.4} placement="bottom">
      {children}
    </Tooltip>
  );
}
