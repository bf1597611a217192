import { useApprovals } from "@daybook/shared/data/queries";
import { fieldOf } from "@daybook/shared/entity/fields";
import { sameCell } from "@daybook/shared/format/cell";
import type {
  EntityView,
  Problem,
  ProposalView,
  RecordView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** A change of the record that goes waits for a second person. */
const WAITS = "waits_for_approval";

/** What has to be settled before two records can become one, and the way to it. */
export function Obstacles({
  entity,
  goes,
  problems,
  onApproval,
}: {
  entity: EntityView;
  goes: RecordView;
  problems: Problem[];
  onApproval: (record: string) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const { data: waiting = [] } = useApprovals();
  if (problems.length === 0) return null;
  const ofIt = waiting.filter(({ record }) => record === goes.id);
  const fields = (proposal: ProposalView) =>
    Object.keys(proposal.proposed)
      .filter((name) => !sameCell(proposal.proposed[name], proposal.standing[name]))
      .flatMap((name) => fieldOf(entity, name) ?? [])
      .map((field) => label(field.label))
      .join(", ");
  const proposer = ({ own, proposed_by_name: name }: ProposalView) => {
    if (own) return t("approvals.byYou");
    return name === null ? t("approvals.bySomebody") : t("approvals.by", { name });
  };
  return (
    <div className="duplicates-first" role="note">
      <strong>{t("duplicates.first")}</strong>
      {problems.map((problem) => (
        <div key={problem.rule}>
          <p>{problemText(problem, language)}</p>
          {problem.rule === WAITS && (
            <>
              <ul>
                {ofIt.map((proposal) => (
                  <li key={proposal.id}>
                    {[fields(proposal), proposer(proposal)].filter(Boolean).join(", ")}
                  </li>
                ))}
              </ul>
              <Button type="link" onClick={() => onApproval(goes.id)}>
                {t("approvals.show")}
              </Button>
            </>
          )}
        </div>
      ))}
    </div>
  );
}
