import { useApprovals } from "@daybook/shared/data/queries";
import { fieldOf, type Section } from "@daybook/shared/entity/fields";
import { formatInstant } from "@daybook/shared/format/date";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { linesOf } from "./proposal";
import { Elsewhere } from "./Elsewhere";
import { Proposer } from "./Proposer";
import { Said } from "./Said";
import "./approvals.css";

/** What was proposed for fields of this section and is not in force, said where they stand. */
export function WaitingNote({
  entity,
  record,
  section,
  onOpen,
}: {
  entity: EntityView;
  record: RecordView;
  section: Section;
  onOpen: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const { data = [] } = useApprovals();
  const stands = (name: string) => section.fields.some((field) => field.name === name);
  const waiting = data
    .filter((proposal) => proposal.entity === entity.name && proposal.record === record.id)
    .map((proposal) => ({
      proposal,
      // Who may not read the fields here is told where the hold stands that they cause.
      lines: linesOf(entity, proposal).filter(
        ({ field, changes }) =>
          changes &&
          (stands(field.name) ||
            (fieldOf(entity, field.name) === undefined && stands(proposal.hold_until))),
      ),
    }))
    .filter(({ lines }) => lines.length > 0);
  if (waiting.length === 0) return null;
  // A merge leaves nothing in force, as nothing is before the first approval.
  const isInForce = waiting.some(({ proposal }) =>
    Object.values(proposal.standing).some((cell) => cell !== null),
  );
  return (
    <div className="approvals-note" role="note">
      {waiting.map(({ proposal, lines }) => (
        <div key={proposal.id}>
          <p>
            <strong>{t("approvals.noteLead")}</strong>
            {" · "}
            <Proposer proposal={proposal} />
            {proposal.proposed_at && `, ${formatInstant(proposal.proposed_at, locale)}`}
          </p>
          <dl className="approvals-waiting">
            {lines.map(({ field, proposed }) => (
              <div key={field.name}>
                <dt>{label(field.label)}</dt>
                <dd>
                  <Said field={field} cell={proposed} titles={record.titles} />
                </dd>
              </div>
            ))}
          </dl>
          <Elsewhere proposal={proposal} entity={entity} />
        </div>
      ))}
      <p>{t(isInForce ? "approvals.noteHold" : "approvals.noteNone")}</p>
      <Button type="link" className="approvals-link" onClick={onOpen}>
        {t("approvals.show")}
      </Button>
    </div>
  );
}
