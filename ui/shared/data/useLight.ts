import { useTranslation } from "react-i18next";
import { formatCount } from "../format/bytes";
import { formatMoment } from "../format/date";
import type { Status } from "../generated/contract";
import { useLanguage } from "../i18n/language";
import { type LightPart, type LightWords, lightOf } from "./light";

/** The sync light in the person's language: "12 waiting · offline since 08:10". */
export function useLight(status: Status): {
  shape: LightWords["shape"];
  words: string;
} {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { shape, parts } = lightOf(status);
  const say = (part: LightPart): string => {
    switch (part.say) {
      case "at":
        return formatMoment(part.moment, locale, new Date());
      case "offlineSince":
        return t("light.offlineSince", {
          time: formatMoment(part.since, locale, new Date()),
        });
      case "catchingRows":
        return t("light.catchingRows", {
          rows: formatCount(part.rows, locale),
        });
      case "catchingPercent":
        return t("light.catchingPercent", { percent: part.percent });
      case "waiting":
        return t("light.waiting", { count: part.count });
      case "sending":
        return t("light.sending", { count: part.count });
      case "attention":
        return t("light.attention", { count: part.count });
      default:
        return t(`light.${part.say}`);
    }
  };
  return { shape, words: parts.map(say).join(" · ") };
}
