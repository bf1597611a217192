import { pathLabel } from "@daybook/shared/entity/fields";
import type { EntityView, ProposalView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";

/** Warns that what is proposed stands, or is proposed, at another record as well. */
export function Elsewhere({ proposal, entity }: { proposal: ProposalView; entity: EntityView }) {
  const { t } = useTranslation();
  const label = useLabel();
  if (proposal.elsewhere.length === 0) return null;
  return (
    <ul className="approvals-elsewhere">
      {proposal.elsewhere.map(({ field, record, title, in_force: inForce }) => (
        <li key={`${field} ${record} ${String(inForce)}`}>
          {t(inForce ? "approvals.elsewhereInForce" : "approvals.elsewhereProposed", {
            field: pathLabel(entity, field, label),
            title: title || t("record.unnamed"),
          })}
        </li>
      ))}
    </ul>
  );
}
