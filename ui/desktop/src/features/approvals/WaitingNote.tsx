import { useApprovals } from "@daybook/shared/data/queries";
import type { Section } from "@daybook/shared/entity/fields";
import { formatInstant } from "@daybook/shared/format/date";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { linesOf } from "./proposal";
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
  const waiting = data
    .filter((proposal) => proposal.entity === entity.name && proposal.record === record.id)
    .map((proposal) => ({
      proposal,
      fields: linesOf(entity, proposal)
        .filter(
          ({ field, changes }) => changes && section.fields.some(({ name }) => name === field.name),
        )
        .map(({ field }) => label(field.label)),
    }))
    .filter(({ fields }) => fields.length > 0);
  if (waiting.length === 0) return null;
  return (
    <div className="approvals-note" role="note">
      {waiting.map(({ proposal, fields }) => (
        <p key={proposal.id}>
          <strong>{t("approvals.noteLead", { fields: fields.join(", ") })}</strong>
          {" · "}
          {proposal.own
            ? t("approvals.byYou")
            : t("approvals.by", {
                name: record.titles?.[proposal.proposed_by ?? ""] ?? t("record.someUser"),
              })}
          {proposal.proposed_at && `, ${formatInstant(proposal.proposed_at, locale)}`}
        </p>
      ))}
      <p>{t("approvals.noteHold")}</p>
      <Button type="link" className="approvals-link" onClick={onOpen}>
        {t("approvals.show")}
      </Button>
    </div>
  );
}
