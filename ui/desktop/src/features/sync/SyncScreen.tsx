import { at, useStatus, useSyncPage } from "@daybook/shared/data/queries";
import { formatCount } from "@daybook/shared/format/bytes";
import type { RoundReport, Verified } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { useTitle } from "@daybook/shared/kit/title";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Copies, copiesOf } from "./Copies";
import { Courier } from "./Courier";
import { Entries } from "./Entries";
import { Progress } from "./Progress";
import { Readiness } from "./Readiness";
import { Rounds } from "./Rounds";
import { StoppedNote } from "./Stopped";
import { Trouble, TroubleHelp } from "./Trouble";
import "./sync.css";

/** How this device stands with the sync server: what waits, what went, until when it works alone. */
export function SyncScreen({
  onOpen,
  onBack,
}: {
  onOpen: (entity: string, id: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data: status } = useStatus();
  const { data: page, error, refetch } = useSyncPage();
  useTitle(t("sync.title"));
  useKey("back", onBack);

  const round = useMutation({
    mutationFn: () => call("sync"),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: at.status });
      void queries.invalidateQueries({ queryKey: at.syncPage });
      void queries.invalidateQueries({ queryKey: at.attention });
    },
  });
  const verify = useMutation({ mutationFn: () => call("verify") });
  const start = () => {
    if (!round.isPending) round.mutate();
  };
  useKey("sync", start);

  if (error && !page) {
    return (
      <div className="sync-failure">
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </div>
    );
  }
  // What a person has just asked for, else what the page knows of the last round.
  const failed = round.error ? failureOf(round.error) : null;
  const stopped = round.isPending ? null : (round.data ?? page?.rounds[0])?.stopped;
  const trouble = failed ?? (round.isSuccess ? null : (page?.rounds[0]?.failure ?? null));

  if (!page || !status) return <Blank title={t("app.loading")} />;
  const copies = copiesOf(status);
  return (
    <div className="sync">
      <header className="sync-bar">
        <h1>{t("sync.title")}</h1>
        <span className="spread" />
        <Button loading={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? t("sync.verifying") : t("sync.verify")}
        </Button>
        <KeyTip name="sync">
          <Button type="primary" loading={round.isPending} onClick={start}>
            {round.isPending ? t("sync.running") : t("sync.now")}
          </Button>
        </KeyTip>
      </header>
      <div className="sync-body">
        {copies && <Copies key={copies} state={copies} status={status} />}
        {trouble && !copies && <Trouble failure={trouble} onAgain={start} />}
        {verify.error && <FailureNote failure={failureOf(verify.error)} />}
        <Progress step={status.step} />
        {round.data && !round.data.stopped && <RoundNote report={round.data} />}
        {stopped && <StoppedNote stopped={stopped} next={status.next_round} />}
        {verify.data && <VerifiedNote verified={verify.data} />}
        <Readiness status={status} page={page} />
        <TroubleHelp />
        <Entries
          title={t("sync.waiting")}
          none={t("sync.waitingNone")}
          entries={page.waiting}
          onOpen={onOpen}
        />
        <Entries
          title={t("sync.sent")}
          none={t("sync.sentNone")}
          entries={page.sent}
          onOpen={onOpen}
        />
        <Rounds rounds={page.rounds} />
        <Courier standing={page.courier} />
      </div>
    </div>
  );
}

function RoundNote({ report }: { report: RoundReport }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  return (
    <p className="sync-note" role="status">
      {t("sync.roundDone", {
        pushed: formatCount(report.pushed, locale),
        pulled: formatCount(report.pulled, locale),
      })}
    </p>
  );
}

function VerifiedNote({ verified }: { verified: Verified }) {
  const { t } = useTranslation();
  if (verified.ok) {
    return (
      <p className="sync-note" role="status">
        {verified.compared_with_server ? t("sync.verifiedBoth") : t("sync.verifiedLocal")}
      </p>
    );
  }
  return (
    <div className="sync-note bad" role="alert">
      <strong>{t("sync.findings")}</strong>
      <ul>
        {verified.findings.map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
      <p>{t("sync.findingsHint")}</p>
    </div>
  );
}
