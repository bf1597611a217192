import { SearchOutlined } from "@ant-design/icons";
import type { Status } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { keyText } from "@daybook/shared/keys/keymap";
import { useTranslation } from "react-i18next";
import { UserMenu } from "../features/session/UserMenu";
import { SyncLight } from "./SyncLight";

export function TopBar({
  status,
  onSearch,
  onKeys,
  onSignOut,
}: {
  status: Status;
  onSearch: () => void;
  onKeys: () => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return (
    <header className="top">
      <span className="wordmark">{t("app.name")}</span>
      <span className="top-tenant" title={status.tenant ?? ""}>
        {status.tenant}
      </span>
      <button type="button" className="plain top-search" onClick={onSearch}>
        <SearchOutlined aria-hidden />
        <span>{t("app.searchBox")}</span>
        <kbd>{keyText("palette", language)}</kbd>
      </button>
      <span className="spread" />
      <SyncLight status={status} />
      <UserMenu status={status} onKeys={onKeys} onSignOut={onSignOut} />
    </header>
  );
}
