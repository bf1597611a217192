import { formatCount } from "@daybook/shared/format/bytes";
import type { Step } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { Progress as Bar } from "antd";
import { useTranslation } from "react-i18next";

/** What the round under way has sent or received, and how much is left of it. */
export function Progress({ step }: { step: Step }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  if (step.step === "idle") return null;
  const sends = step.step === "sending";
  const done = sends ? step.sent : step.rows;
  const all = sends ? step.sent + step.left : step.expected;
  const count = formatCount(done, locale);
  const words = () => {
    if (all === null) return t("sync.receiving", { rows: count });
    const of = formatCount(all, locale);
    return sends
      ? t("sync.sendingOf", { done: count, all: of })
      : t("sync.receivingOf", { rows: count, all: of });
  };
  return (
    <div className="sync-progress">
      <span role="status">{words()}</span>
      {all !== null && all > 0 && (
        <Bar
          percent={Math.min(100, Math.floor((done / all) * 100))}
          size="small"
          strokeColor="var(--accent)"
          railColor="var(--line)"
          strokeLinecap="butt"
          aria-label={t("sync.progress")}
        />
      )}
    </div>
  );
}
