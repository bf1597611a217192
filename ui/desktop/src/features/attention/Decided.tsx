import { fieldOf } from "@daybook/shared/entity/fields";
import { cellText } from "@daybook/shared/format/cell";
import { formatInstant } from "@daybook/shared/format/date";
import type { AttentionProposal, EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage, useStyle } from "@daybook/shared/i18n/language";
import { useTranslation } from "react-i18next";

const STATES = ["pending", "approved", "refused", "withdrawn", "replaced"] as const;

/** What was proposed, and who decided it how. */
export function Decided({
  proposal,
  entity,
}: {
  proposal: AttentionProposal;
  entity: EntityView | undefined;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  const { locale } = useLanguage();
  const state = STATES.find((known) => known === proposal.state);
  const outcome = [
    state && t(`attention.outcomes.${state}`),
    proposal.decided_by_name,
    proposal.decided_at && formatInstant(proposal.decided_at, locale),
  ];
  return (
    <table className="compared">
      <tbody>
        {Object.entries(proposal.proposed).map(([name, cell]) => {
          const field = entity && fieldOf(entity, name);
          return (
            <tr key={name}>
              <th scope="row">{field ? label(field.label) : name}</th>
              <td>
                {(field ? cellText(cell, field.kind, style, {}) : String(cell ?? "")) ||
                  t("attention.empty_value")}
              </td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">{t("attention.outcome")}</th>
          <td>{outcome.filter(Boolean).join(" · ")}</td>
        </tr>
      </tbody>
    </table>
  );
}
