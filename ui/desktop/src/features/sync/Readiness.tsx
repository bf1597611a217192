import { useLight } from "@daybook/shared/data/useLight";
import { formatBytes, formatCount } from "@daybook/shared/format/bytes";
import { formatInstant } from "@daybook/shared/format/date";
import type { Status, SyncPage } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** How the device stands: what works without a network and until when, what is here and what is not. */
export function Readiness({ status, page }: { status: Status; page: SyncPage }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { words } = useLight(status);
  const { rights } = status;
  const ready = () => {
    if (!rights) return t("sync.readyNone");
    if (rights.standing === "locked") return t("sync.readyLocked");
    if (rights.standing === "read_only") return t("sync.readyRead");
    return t("sync.readyUntil", { date: formatInstant(rights.valid_until, locale) });
  };
  const isFull = rights?.standing === "full";
  return (
    <dl className="sync-facts">
      <Fact name={t("sync.state")}>{words}</Fact>
      <Fact name={t("sync.ready")}>
        <strong>{ready()}</strong>
      </Fact>
      {isFull && <Fact name={t("sync.works")}>{t("sync.worksWords")}</Fact>}
      <Fact name={t("sync.needs")}>{t("sync.needsWords")}</Fact>
      {isFull && <Fact name={t("sync.after")}>{t("sync.afterWords")}</Fact>}
      <Files page={page} />
      <Fact name={t("sync.lastSync")}>
        {status.last_sync ? formatInstant(status.last_sync, locale) : t("sync.never")}
      </Fact>
      {status.next_round && (
        <Fact name={t("sync.nextRound")}>{formatInstant(status.next_round, locale)}</Fact>
      )}
      <Fact name={t("sync.server")}>{page.server}</Fact>
      <Fact name={t("sync.user")}>{status.user}</Fact>
      <Fact name={t("sync.device")}>{page.device}</Fact>
      <Fact name={t("sync.fileSize")}>{formatBytes(page.file_bytes, locale)}</Fact>
    </dl>
  );
}

function Files({ page: { files } }: { page: SyncPage }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  if (files.here + files.absent === 0) return null;
  const counted = (count: number, bytes: number) => ({
    count,
    shown: formatCount(count, locale),
    size: formatBytes(bytes, locale),
  });
  const parts = [t("sync.filesHereWords", counted(files.here, files.here_bytes))];
  if (files.absent > 0) {
    parts.push(t("sync.filesAbsent", counted(files.absent, files.absent_bytes)));
  }
  if (files.to_send > 0) parts.push(t("sync.filesToSend", counted(files.to_send, 0)));
  return <Fact name={t("sync.filesHere")}>{parts.join(" · ")}</Fact>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
