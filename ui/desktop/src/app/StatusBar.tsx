import { WarningFilled } from "@ant-design/icons";
import { formatInstant } from "@daybook/shared/format/date";
import type { Status } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { HINTS, tellHints } from "@daybook/shared/hints/hints";
import { ImportLight } from "./ImportLight";

/** Until when the rights hold, the keys that matter on the screen above, and which version this is. */
export function StatusBar({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { rights } = status;
  useEffect(tellHints, []);
  const words = () => {
    if (!rights) return t("app.noRights");
    if (rights.standing === "locked") return t("app.rightsLocked");
    if (rights.standing === "read_only") return t("app.rightsReadOnly");
    return t("app.rightsUntil", {
      date: formatInstant(rights.valid_until, locale),
    });
  };
  const isFull = rights?.standing === "full";
  return (
    <footer className="bottom">
      <span className={isFull ? "" : "bottom-warn"}>
        {!isFull && <WarningFilled aria-hidden />} {words()}
      </span>
      <div id={HINTS} className="hints" />
      <ImportLight />
      <span className="bottom-server">{status.signed_in?.server}</span>
      <span>{t("app.version", { version: status.version })}</span>
    </footer>
  );
}
