import { Blank } from "@daybook/shared/kit/Blank";
import { useTranslation } from "react-i18next";

export function Nowhere() {
  const { t } = useTranslation();
  return <Blank title={t("app.unknownPlace")} hint={t("app.unknownPlaceHint")} />;
}
