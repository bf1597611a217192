import type { ProposalView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";

/** Who made a proposal, as far as this computer knows their name. */
export function Proposer({ proposal }: { proposal: ProposalView }) {
  const { t } = useTranslation();
  const name = proposal.proposed_by_name;
  if (proposal.own) return t("approvals.byYou");
  return name === null ? t("approvals.bySomebody") : t("approvals.by", { name });
}
