import { useApprovals, useEntities } from "@daybook/shared/data/queries";
import { formatMoment } from "@daybook/shared/format/date";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { failureOf } from "@daybook/shared/platform/call";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProposalItem } from "./ProposalItem";
import { isMine } from "./proposal";
import { Proposer } from "./Proposer";
import "@daybook/shared/kit/chooser.css";
import "./approvals.css";

/** Every proposal that waits for a second person, and one of them to decide. */
export function ApprovalsScreen({
  record,
  onOpen,
  onBack,
}: {
  /** The record whose proposal is shown first. */
  record?: string | undefined;
  onOpen: (entity: string, id: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const { data, error, refetch } = useApprovals();
  const { data: entities } = useEntities();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const arrive = useArrival();
  useTitle(t("approvals.title"));
  useKey("back", onBack);

  const entityOf = (name: string) => entities?.find((known) => known.name === name);
  // What waits for this person stands first.
  const waiting = data && [...data.filter(isMine), ...data.filter((one) => !isMine(one))];
  const wanted = waiting?.findIndex((one) =>
    chosen === null ? one.record === record : one.id === chosen,
  );
  const index = Math.max(0, wanted ?? 0);
  const proposal = waiting?.[index];
  const entity = proposal && entityOf(proposal.entity);
  const move = (by: number) => {
    const next = waiting?.[index + by];
    if (!next) return;
    setChosen(next.id);
    list.current?.querySelectorAll<HTMLElement>("button")[index + by]?.focus();
  };
  const isMany = (waiting?.length ?? 0) > 1;
  useKey("next", () => move(1), isMany);
  useKey("previous", () => move(-1), isMany);

  const isReady = waiting !== undefined;
  useEffect(() => {
    const take = () => list.current?.querySelector<HTMLElement>("button[aria-current]")?.focus();
    if (isReady) arrive(take);
  }, [arrive, isReady]);

  if (error && !waiting) {
    return (
      <div className="chooser-failure">
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </div>
    );
  }
  if (!waiting) return <Blank title={t("app.loading")} />;
  return (
    <div className="chooser">
      <header className="chooser-bar">
        <h1>{t("approvals.title")}</h1>
        {waiting.length > 0 && (
          <span className="quiet" role="status">
            {t("approvals.count", {
              count: waiting.length,
              mine: waiting.filter(isMine).length,
            })}
          </span>
        )}
      </header>
      {waiting.length === 0 ? (
        <Blank title={t("approvals.empty")} hint={t("approvals.emptyHint")} />
      ) : (
        <div className="chooser-split">
          <ul ref={list} className="chooser-list" aria-label={t("approvals.title")}>
            {waiting.map((each) => {
              const known = entityOf(each.entity);
              return (
                <li key={each.id}>
                  <button
                    type="button"
                    className="plain chooser-entry"
                    aria-current={each.id === proposal?.id ? "true" : undefined}
                    onClick={() => setChosen(each.id)}
                  >
                    <span className="chooser-entry-title">{each.title || t("record.unnamed")}</span>
                    {each.proposed_at && (
                      <span className="faint">
                        {formatMoment(each.proposed_at, locale, new Date())}
                      </span>
                    )}
                    <span className="quiet approvals-entry-why">
                      {known ? `${label(known.label)} · ` : ""}
                      <Proposer proposal={each} /> ·{" "}
                      {t(isMine(each) ? "approvals.waitsForYou" : "approvals.waitsForOthers")}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
          {proposal && entity && (
            <ProposalItem
              key={proposal.id}
              proposal={proposal}
              entity={entity}
              onOpen={() => onOpen(proposal.entity, proposal.record)}
              onDone={() => setChosen(waiting[index + 1]?.id ?? waiting[index - 1]?.id ?? null)}
            />
          )}
        </div>
      )}
    </div>
  );
}
