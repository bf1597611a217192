import { at, useRecord } from "@daybook/shared/data/queries";
import { formatInstant } from "@daybook/shared/format/date";
import type {
  Cell,
  EntityView,
  FieldView,
  ProposalAct,
  ProposalView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Elsewhere } from "./Elsewhere";
import { holdUntil, linesOf } from "./proposal";
import { Proposer } from "./Proposer";
import { Refuse } from "./Refuse";
import { Said } from "./Said";

/** Seconds for which it is said what was decided. */
const SHOWN = 8;

/** One proposal: what stands, what is proposed, by whom, and what this person may do about it. */
export function ProposalItem({
  proposal,
  entity,
  onOpen,
  onDone,
}: {
  proposal: ProposalView;
  entity: EntityView;
  onOpen: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { data: record } = useRecord(proposal.entity, proposal.record);
  const [asking, setAsking] = useState<ProposalAct["do"] | null>(null);
  const title = proposal.title || t("record.unnamed");
  const { own, may_approve: mayApprove, may_refuse: mayRefuse } = proposal;

  const decide = useMutation({
    mutationFn: (act: ProposalAct) =>
      call("decide", {
        entity: proposal.entity,
        id: proposal.record,
        proposal: proposal.id,
        act,
      }),
    onSuccess: async (decided, act) => {
      const hold = holdUntil(proposal, decided, new Date());
      const until = hold && formatInstant(hold, locale);
      const said =
        act.do === "refuse"
          ? t(own ? "approvals.takenBack" : "approvals.refused", { title })
          : until
            ? t("approvals.approvedUntil", { title, date: until })
            : t("approvals.approved", { title });
      void message.success(said, SHOWN);
      setAsking(null);
      onDone();
      void queries.invalidateQueries({ queryKey: at.records(proposal.entity) });
      void queries.invalidateQueries({ queryKey: at.status });
      await queries.invalidateQueries({ queryKey: at.approvals });
    },
  });
  const ask = (act: ProposalAct["do"]) => {
    decide.reset();
    setAsking(act);
  };
  useKey("approve", () => ask("approve"), mayApprove && asking === null);
  useKey("refuse", () => ask("refuse"), mayRefuse && asking === null);

  // What is empty and stays so is nothing to decide about.
  const lines = linesOf(entity, proposal).filter(
    ({ standing, proposed }) => standing !== null || proposed !== null,
  );
  const say = (field: FieldView, cell: Cell | undefined) => (
    <Said field={field} cell={cell} titles={record?.titles} />
  );
  const cooling = record && holdUntil(proposal, record, new Date());
  const failure = decide.error && failureOf(decide.error);
  const refuseText = t(own ? "approvals.takeBack" : "approvals.refuse");
  return (
    <section className="approvals-item" aria-label={title}>
      <header className="approvals-head">
        <div>
          <h2>{title}</h2>
          <p className="quiet">
            {label(entity.label)} · <Proposer proposal={proposal} />
            {proposal.proposed_at && `, ${formatInstant(proposal.proposed_at, locale)}`}
          </p>
        </div>
        <span className="spread" />
        <Button onClick={onOpen}>{t("approvals.open")}</Button>
      </header>
      {lines.length === 0 ? (
        <p>{t("approvals.allHidden")}</p>
      ) : (
        <table className="approvals-table">
          <thead>
            <tr>
              <th scope="col">{t("approvals.field")}</th>
              <th scope="col">{t("approvals.standing")}</th>
              <th scope="col">{t("approvals.proposed")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ field, standing, proposed, changes }) => (
              <tr key={field.name}>
                <th scope="row">{label(field.label)}</th>
                <td>{say(field, standing)}</td>
                <td className={changes ? "changes" : undefined}>{say(field, proposed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Elsewhere proposal={proposal} entity={entity} />
      <p className="quiet">
        {t("approvals.hold")}{" "}
        {proposal.cooling_hours === null
          ? t("approvals.holdUnknown")
          : t("approvals.holdHours", { count: proposal.cooling_hours })}
        {cooling && ` ${t("approvals.cooling", { date: formatInstant(cooling, locale) })}`}
      </p>
      <p role="note" className={own && mayApprove ? "approvals-alone" : "quiet"}>
        {t(`approvals.${standingOf(proposal)}`)}
      </p>
      {(mayApprove || mayRefuse) && (
        <footer className="approvals-foot">
          {mayApprove && (
            <Button type="primary" onClick={() => ask("approve")}>
              {t(own ? "approvals.approveAlone" : "approvals.approve")}{" "}
              <kbd>{keyText("approve", language)}</kbd>
            </Button>
          )}
          {mayRefuse && (
            <Button onClick={() => ask("refuse")}>
              {refuseText} <kbd>{keyText("refuse", language)}</kbd>
            </Button>
          )}
        </footer>
      )}
      {asking === "approve" && (
        <Ask
          title={t("approvals.approveAsk", { title })}
          answer={t(own ? "approvals.approveAlone" : "approvals.approve")}
          busy={decide.isPending}
          onAnswer={() => decide.mutate({ do: "approve" })}
          onClose={() => setAsking(null)}
        >
          <dl className="approvals-asked">
            {lines
              .filter(({ changes }) => changes)
              .map(({ field, standing, proposed }) => (
                <div key={field.name}>
                  <dt>{label(field.label)}</dt>
                  <dd>
                    {say(field, standing)}{" "}
                    <span aria-hidden className="becomes">
                      →
                    </span>
                    <span className="only-heard"> {t("history.became")} </span>{" "}
                    {say(field, proposed)}
                  </dd>
                </div>
              ))}
          </dl>
          <Elsewhere proposal={proposal} entity={entity} />
          <p>{t(own ? "approvals.aloneAskHint" : "approvals.approveHint")}</p>
          {failure && <FailureNote failure={failure} />}
        </Ask>
      )}
      {asking === "refuse" && own && (
        <Ask
          title={t("approvals.takeBackAsk", { title })}
          answer={refuseText}
          busy={decide.isPending}
          onAnswer={() => decide.mutate({ do: "refuse", reason: null })}
          onClose={() => setAsking(null)}
        >
          <p>{t("approvals.takeBackHint")}</p>
          {failure && <FailureNote failure={failure} />}
        </Ask>
      )}
      {asking === "refuse" && !own && (
        <Refuse
          title={t("approvals.refuseAsk", { title })}
          busy={decide.isPending}
          failure={failure}
          onRefuse={(reason) => decide.mutate({ do: "refuse", reason })}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}

/** Who is to decide, in a word of the texts. */
function standingOf({ own, may_approve: mayApprove }: ProposalView) {
  if (own) return mayApprove ? "alone" : "ownWaits";
  return mayApprove ? "yours" : "othersDecide";
}
