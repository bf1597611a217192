import { useEntities } from "@daybook/shared/data/queries";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { failureOf } from "@daybook/shared/platform/call";
import { remembered } from "@daybook/shared/platform/memory";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { modulesOf } from "./modules";

/** Where the work begins: the list one left last, or the first one. */
export function Landing() {
  const { t } = useTranslation();
  const { data: entities, error, refetch } = useEntities();
  if (error && !entities) {
    return (
      <div className="landing-failure">
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </div>
    );
  }
  if (!entities) return null;
  const last = remembered<string>("place");
  const known = entities.find((entity) => entity.name === last);
  const first = known ?? modulesOf(entities)[0]?.entities[0];
  if (!first) {
    return <Blank title={t("app.nothingAllowed")} hint={t("app.nothingAllowedHint")} />;
  }
  return <Navigate to="/list/$entity" params={{ entity: first.name }} replace />;
}
