import type { ProposalView, RecordView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";

/** Who made a proposal, as far as this computer knows their name. */
export function Proposer({
  proposal,
  record,
}: {
  proposal: ProposalView;
  record: RecordView | undefined;
}) {
  const { t } = useTranslation();
  const name = record?.titles?.[proposal.proposed_by ?? ""];
  if (proposal.own) return t("approvals.byYou");
  return name === undefined ? t("approvals.bySomebody") : t("approvals.by", { name });
}
