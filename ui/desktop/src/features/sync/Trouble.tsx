import type { Failure, FailureCode } from "@daybook/shared/generated/contract";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTranslation } from "react-i18next";

/** What may keep a round from coming through. */
const CAUSES = [
  "unreachable",
  "not_signed_in",
  "server_refused",
  "two_copies",
  "is_copy",
  "lease_expired",
  "not_permitted",
  "internal",
] as const satisfies FailureCode[];

/** Why the last round did not come through, and what to do. */
export function Trouble({ failure, onAgain }: { failure: Failure; onAgain: () => void }) {
  const { t } = useTranslation();
  const cause = CAUSES.find((known) => known === failure.code);
  const advice = cause && t(`sync.next.${cause}`);
  return <FailureNote failure={failure} advice={advice} onAgain={onAgain} />;
}

/** Every cause with its next step, to be read beforehand or told on the telephone. */
export function TroubleHelp() {
  const { t } = useTranslation();
  return (
    <details className="sync-help">
      <summary>{t("sync.help")}</summary>
      <table className="sync-table">
        <thead>
          <tr>
            <th scope="col">{t("sync.helpCause")}</th>
            <th scope="col">{t("sync.helpNext")}</th>
          </tr>
        </thead>
        <tbody>
          {CAUSES.map((cause) => (
            <tr key={cause}>
              <td>{t(`fail.${cause}`)}</td>
              <td>{t(`sync.next.${cause}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
