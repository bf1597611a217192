import { at } from "@daybook/shared/data/queries";
import { formatCount } from "@daybook/shared/format/bytes";
import { formatMoment } from "@daybook/shared/format/date";
import type { CourierFile, CourierRead, CourierStanding } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { askPlace, askWhich } from "@daybook/shared/platform/place";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** What such files are called at the end of their names. */
const ENDING = "daybook";

/** Rounds by files that somebody carries, where there is no network to the sync server. */
export function Courier({ standing }: { standing: CourierStanding }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const kind = { name: t("sync.courierKind"), ending: ENDING };
  const onSettled = () => {
    void queries.invalidateQueries({ queryKey: at.status });
    void queries.invalidateQueries({ queryKey: at.syncPage });
    void queries.invalidateQueries({ queryKey: at.attention });
  };
  const write = useMutation({
    mutationFn: async () => {
      const number = (standing.written?.number ?? 0) + 1;
      const path = await askPlace(`courier-${number}.${ENDING}`, kind);
      return path === null ? null : call("write_courier_file", { path });
    },
    onSettled,
  });
  const read = useMutation({
    mutationFn: async () => {
      const path = await askWhich(kind);
      return path === null ? null : call("read_courier_file", { path });
    },
    onSettled,
  });
  const failed = write.error ?? read.error;
  const isBusy = write.isPending || read.isPending;
  return (
    <section className="sync-entries" aria-label={t("sync.courier")}>
      <header className="section-head">
        <h2>{t("sync.courier")}</h2>
      </header>
      <p className="quiet">{t("sync.courierWords")}</p>
      {!standing.possible && <p className="quiet">{t("sync.courierImpossible")}</p>}
      <p className="sync-courier">
        <Button
          loading={write.isPending}
          disabled={isBusy || !standing.possible}
          onClick={() => {
            read.reset();
            write.mutate();
          }}
        >
          {t("sync.courierWrite")}
        </Button>
        <Button
          loading={read.isPending}
          disabled={isBusy}
          onClick={() => {
            write.reset();
            read.mutate();
          }}
        >
          {t("sync.courierRead")}
        </Button>
      </p>
      {failed && <FailureNote failure={failureOf(failed)} />}
      {write.data && <Wrote file={write.data} />}
      {read.data && <Came read={read.data} />}
      <Files standing={standing} />
    </section>
  );
}

function Wrote({ file }: { file: CourierFile }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const shown = formatCount(file.changes, locale);
  const { number, path, changes: count } = file;
  return (
    <p className="sync-note" role="status">
      {t("sync.courierWrote", { number, place: path, count, shown })}
    </p>
  );
}

function Came({ read: { number, came_of_it, round } }: { read: CourierRead }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const words = () => {
    switch (came_of_it.outcome) {
      case "taken":
      case "answers": {
        const pushed = formatCount(round.pushed, locale);
        const pulled = formatCount(round.pulled, locale);
        const taken = came_of_it.outcome === "taken";
        return t(taken ? "sync.courierTaken" : "sync.courierAnswers", { number, pushed, pulled });
      }
      case "older":
        return t("sync.courierOlder", { number });
      case "waits":
        return t("sync.courierWaits", { number, missing: came_of_it.missing });
    }
  };
  return (
    <p className="sync-note" role="status">
      {words()}
    </p>
  );
}

/** The last file each way, and what of it still waits. */
function Files({ standing: { written, read } }: { standing: CourierStanding }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const now = new Date();
  const counted = (count: number) => ({ count, shown: formatCount(count, locale) });
  const lastWritten = () => {
    if (!written) return null;
    const { number, changes, waiting } = written;
    const time = formatMoment(written.at, locale, now);
    const parts = [t("sync.courierWritten", { number, time, ...counted(changes) })];
    if (waiting > 0) parts.push(t("sync.courierWaiting", counted(waiting)));
    else if (changes > 0) parts.push(t("sync.courierAllAnswered"));
    return <p>{parts.join(" · ")}</p>;
  };
  const time = read && formatMoment(read.written_at, locale, now);
  return (
    <>
      {lastWritten()}
      {read && <p>{t("sync.courierNewest", { number: read.number, time })}</p>}
    </>
  );
}
