import { formatBytes, formatCount } from "@daybook/shared/format/bytes";
import { formatMoment } from "@daybook/shared/format/date";
import type { Stopped } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";

/** A round that ended at its limit, which is as the person wanted it: what is left, and when it goes on. */
export function StoppedNote({ stopped, next }: { stopped: Stopped; next: string | null }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const counted = (count: number) => ({ count, shown: formatCount(count, locale) });
  const parts = [
    next === null
      ? t("sync.stopped", { limit: formatBytes(stopped.limit, locale) })
      : t("sync.stoppedUntil", {
          limit: formatBytes(stopped.limit, locale),
          time: formatMoment(next, locale, new Date()),
        }),
  ];
  if (stopped.to_send > 0) parts.push(t("sync.leftToSend", counted(stopped.to_send)));
  if (stopped.kept > 0) parts.push(t("sync.leftKept", counted(stopped.kept)));
  if (stopped.to_receive !== null && stopped.to_receive > 0) {
    parts.push(t("sync.leftToReceive", counted(stopped.to_receive)));
  }
  return (
    <p className="sync-note" role="status">
      {parts.join(" ")}
    </p>
  );
}
