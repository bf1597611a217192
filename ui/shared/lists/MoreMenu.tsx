import { BlockOutlined, DownOutlined, ExportOutlined, ImportOutlined } from "@ant-design/icons";
import { useLanguage } from "../i18n/language";
import { useKey } from "../keys/Keyboard";
import { keyText } from "../keys/keymap";
import { Button, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";

/** What is done with a list as a whole, now and then: export, import, look for duplicates. */
export function MoreMenu({
  active,
  onExport,
  onImport,
  onDuplicates,
}: {
  active: boolean;
  /** Each is absent for who may not, and where there is none. */
  onExport: (() => void) | undefined;
  onImport: (() => void) | undefined;
  onDuplicates: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  useKey("export", () => onExport?.(), active && onExport !== undefined);
  useKey("duplicates", () => onDuplicates?.(), active && onDuplicates !== undefined);
  const items: MenuProps["items"] = [];
  if (onExport) {
    const extra = keyText("export", language);
    items.push({
      key: "export",
      icon: <ExportOutlined aria-hidden />,
      label: t("export.open"),
      extra,
    });
  }
  if (onImport)
    items.push({ key: "import", icon: <ImportOutlined aria-hidden />, label: t("import.open") });
  if (onDuplicates) {
    const extra = keyText("duplicates", language);
    items.push({
      key: "same",
      icon: <BlockOutlined aria-hidden />,
      label: t("duplicates.open"),
      extra,
    });
  }
  if (items.length === 0) return null;
  const acts: Record<string, (() => void) | undefined> = {
    export: onExport,
    import: onImport,
    same: onDuplicates,
  };
  return (
    <Dropdown autoFocus menu={{ items, onClick: ({ key }) => acts[key]?.() }} trigger={["click"]}>
      <Button aria-haspopup="menu">
        {t("more")} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}
