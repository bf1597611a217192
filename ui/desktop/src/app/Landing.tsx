import { useHabit } from "@daybook/shared/data/habits";
import { useEntities } from "@daybook/shared/data/queries";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { failureOf } from "@daybook/shared/platform/call";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { HOME } from "./HomePlace";
import { PLACE } from "./ListPlace";
import { modulesOf } from "./modules";

/** Where the work begins: the list one left last, or the first one. */
export function Landing() {
  const { t } = useTranslation();
  const { data: entities, error, refetch } = useEntities();
  const last = useHabit<string>(PLACE);
  if (error && !entities) {
    return (
      <div className="landing-failure">
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </div>
    );
  }
  if (!entities || last === undefined) return null;
  if (last === HOME) return <Navigate to="/home" replace />;
  const known = entities.find((entity) => entity.name === last);
  const first = known ?? modulesOf(entities)[0]?.entities[0];
  if (!first) {
    return <Blank title={t("app.nothingAllowed")} hint={t("app.nothingAllowedHint")} />;
  }
  return <Navigate to="/list/$entity" params={{ entity: first.name }} replace />;
}
