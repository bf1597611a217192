import { WarningFilled } from "@ant-design/icons";
import { formatBytes, formatCount } from "@daybook/shared/format/bytes";
import { formatMoment } from "@daybook/shared/format/date";
import type { RoundEntry } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** So many are shown at first. */
const FEW = 8;

/** What came of the last rounds: when, how much went out and came in, or why not. */
export function Rounds({ rounds }: { rounds: RoundEntry[] }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const [all, setAll] = useState(false);
  const shown = all ? rounds : rounds.slice(0, FEW);
  return (
    <section className="sync-entries" aria-label={t("sync.rounds")}>
      <header className="section-head">
        <h2>{t("sync.rounds")}</h2>
      </header>
      {rounds.length === 0 ? (
        <p className="quiet">{t("sync.roundsNone")}</p>
      ) : (
        <table className="sync-table sync-rounds">
          <thead>
            <tr>
              <th scope="col">{t("sync.when")}</th>
              <th scope="col" className="figure">
                {t("sync.roundSent")}
              </th>
              <th scope="col" className="figure">
                {t("sync.roundReceived")}
              </th>
              <th scope="col" className="figure">
                {t("sync.line")}
              </th>
              <th scope="col">{t("sync.result")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((round) => (
              <tr key={`${round.first} ${round.times}`}>
                <td className="sync-when">
                  <When round={round} />
                </td>
                <td className="figure">{formatCount(round.pushed, locale)}</td>
                <td className="figure">{formatCount(round.pulled, locale)}</td>
                <td className="figure">
                  {formatBytes(round.line.sent + round.line.received, locale)}
                </td>
                <td className={round.failure ? "sync-person" : ""}>
                  <Result round={round} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!all && rounds.length > FEW && (
        <p>
          <Button size="small" onClick={() => setAll(true)}>
            {t("sync.roundsMore", { shown: formatCount(rounds.length, locale) })}
          </Button>
        </p>
      )}
    </section>
  );
}

function When({ round }: { round: RoundEntry }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const now = new Date();
  const to = formatMoment(round.last, locale, now);
  if (round.times === 1) return to;
  const from = formatMoment(round.first, locale, now);
  return t("sync.roundTimes", { from, to, times: formatCount(round.times, locale) });
}

function Result({ round: { failure, pushed, pulled, stopped } }: { round: RoundEntry }) {
  const { t } = useTranslation();
  if (failure) {
    return (
      <span title={failure.message}>
        <WarningFilled aria-hidden /> {t(`fail.${failure.code}`)}
      </span>
    );
  }
  if (stopped) return t("sync.roundStopped");
  return t(pushed + pulled > 0 ? "sync.roundOk" : "sync.roundQuiet");
}
