import { formatCount } from "@daybook/shared/format/bytes";
import { formatMoment } from "@daybook/shared/format/date";
import type { Status } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useTitle } from "@daybook/shared/kit/title";
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import "./fill.css";

/** The first copy of everything the person may see, on its way. */
export function FillScreen({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  useTitle(t("fill.title"));
  const { step } = status;
  const rows = step.step === "filling" ? step.rows : 0;
  const expected = step.step === "filling" ? step.expected : null;
  const percent = expected ? Math.min(100, Math.floor((rows / expected) * 100)) : 0;
  const words = () => {
    if (!status.online && status.offline_since) return t("fill.offline");
    if (step.step === "idle" && status.next_round) {
      return t("fill.next", { time: formatMoment(status.next_round, locale, new Date()) });
    }
    if (rows === 0) return t("fill.waiting");
    const shown = formatCount(rows, locale);
    return expected
      ? t("fill.progress", {
          rows: shown,
          expected: formatCount(expected, locale),
        })
      : t("fill.rows", { rows: shown });
  };
  return (
    <main className="first-fill">
      <div className="first-fill-card">
        <p className="wordmark">
          {t("app.name")} {status.tenant && <span className="quiet">{status.tenant}</span>}
        </p>
        <h1>{t("fill.title")}</h1>
        <p className="quiet">{t("fill.lead")}</p>
        <Progress
          percent={percent}
          showInfo={expected !== null}
          strokeColor="var(--accent)"
          railColor="var(--line)"
          strokeLinecap="butt"
          aria-label={t("fill.title")}
        />
        <p role="status">{words()}</p>
        {status.refused && <p className="first-fill-refused">{status.refused}</p>}
      </div>
    </main>
  );
}
