import { WarningFilled } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Failure } from "../generated/contract";
import { useLanguage } from "../i18n/language";
import { problemText } from "../i18n/problem";
import "./failure.css";

/**
 * What went wrong and what to do next. The engine's own words stand below where they say more:
 * always in English, and where the engine has none of our words for it.
 */
export function FailureNote({
  failure,
  lead,
  advice,
  onAgain,
  large = false,
}: {
  failure: Failure;
  /** What was tried, where the failure's own name would speak of something else. */
  lead?: string;
  /** What to do next, where the failure's own advice is for something else. */
  advice?: string | undefined;
  onAgain?: () => void;
  large?: boolean;
}) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  // A refusal by a rule says by itself what to do.
  const isOwn = lead === undefined || (failure.code !== "refused" && failure.code !== "usage");
  // What is wrong with a copy that cannot be opened, and what it held, is told in our words, too; so is why a copy is
  // not destroyed yet.
  const told = failure.problems.filter(
    ({ rule }) => failure.code === "cannot_open" || rule === "courier_not_handed_in",
  );
  const speaks =
    told.length === 0 &&
    !TOLD.has(failure.code) &&
    (language === "en" || !isOwn || SPEAKS.has(failure.code));
  return (
    <div role="alert" className={large ? "failure large" : "failure"}>
      <WarningFilled aria-hidden className="failure-sign" />
      <div className="failure-words">
        <strong>{isOwn ? t(`fail.${failure.code}`) : lead}</strong>
        {speaks && failure.message && <p>{failure.message}</p>}
        {told.map((problem) => (
          <p key={problem.rule} className="failure-told">
            {problemText(problem, language)}
          </p>
        ))}
        {isOwn && <p className="quiet">{advice ?? t(`fail.next.${failure.code}`)}</p>}
      </div>
      {onAgain && (
        <Button onClick={onAgain} size={large ? "middle" : "small"}>
          {t("act.again")}
        </Button>
      )}
    </div>
  );
}

/** Failures of which our words say all, and the engine's speak of the command line. */
const TOLD = new Set<Failure["code"]>(["two_copies", "is_copy"]);

/** Failures whose message names something that our words cannot: a reason, an address, a fault. */
const SPEAKS = new Set<Failure["code"]>(["server_refused", "internal", "usage", "cannot_open"]);
