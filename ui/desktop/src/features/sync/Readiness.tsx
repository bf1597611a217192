import { useLight } from "@daybook/shared/data/useLight";
import { formatBytes, formatCount } from "@daybook/shared/format/bytes";
import { formatDate, formatInstant } from "@daybook/shared/format/date";
import type { NumbersLeft, Status, SyncPage } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
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
      <Numbers numbers={status.numbers} />
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

/** What a clerk who is about to travel has to know: how many codes this device can still give. */
function Numbers({ numbers }: { numbers: NumbersLeft[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  if (numbers.length === 0) return null;
  const line = ({ plural, stem, left, to }: NumbersLeft) => {
    const words = { plural: label(plural), stem, shown: formatCount(left, locale) };
    if (left === 0) return t("sync.numbersNone", words);
    if (to === null) return t("sync.numbersLeft", words);
    return t("sync.numbersUntil", { ...words, date: formatDate(to, locale) });
  };
  return (
    <Fact name={t("sync.numbers")}>
      {numbers.map((one) => (
        <div key={`${one.entity} ${one.stem}`}>{line(one)}</div>
      ))}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
